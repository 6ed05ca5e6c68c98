import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import type { Tone } from './tone.ts'

/** A state in words with its sign: color is never the only thing that tells. */
export function Mark({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <span class={`mark ${tone}`}>
      <Icon name={tone} />
      <span>{children}</span>
    </span>
  )
}
