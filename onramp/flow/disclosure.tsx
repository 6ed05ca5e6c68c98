import type { ComponentChildren } from 'preact'
import { Icon } from '../../ui/icon.tsx'

interface DisclosureProps {
  readonly summary: ComponentChildren
  readonly children: ComponentChildren
}

/** What only some people need to read: a line that opens. */
export function Disclosure({ summary, children }: DisclosureProps) {
  return (
    <details class="disclosure">
      <summary>
        <Icon name="next" />
        <span>{summary}</span>
      </summary>
      <div class="small">{children}</div>
    </details>
  )
}
