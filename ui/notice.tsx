import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

interface NoticeProps {
  readonly tone?: 'info' | 'good' | 'warn' | 'bad'
  readonly title?: string
  readonly children?: ComponentChildren
  /** Read aloud as soon as it appears. */
  readonly live?: boolean
}

/** A few sentences that a person should see: what happened, and what to do. */
export function Notice({ tone = 'info', title, children, live = false }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} {...(live && { role: tone === 'bad' ? 'alert' : 'status' })}>
      <Icon name={tone} />
      <div>
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  )
}
