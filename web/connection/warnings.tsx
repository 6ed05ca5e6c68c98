import './warnings.css'
import { Mark } from '../../ui/mark.tsx'
import { warningWords } from './health-words.ts'
import type { Connection } from './words.ts'

interface WarningsProps {
  readonly connection: Connection
  /** Only what is so, where there is no room for what to do about it. */
  readonly isBrief?: boolean
}

/** What may mean trouble to come, the most pressing first; nothing where all is quiet. */
export function Warnings({ connection, isBrief = false }: WarningsProps) {
  // What to do about a refusal stands beside the health, in the same words.
  const warnings = warningWords(connection).filter(({ code }) => !(isBrief && code === 'permission_lost'))
  if (warnings.length === 0) return null
  return (
    <ul class="warnings small" aria-label="Warnings">
      {warnings.map(({ code, tone, text, action }) => (
        <li key={code}>
          <Mark tone={tone}>{text}</Mark>
          {!isBrief && action && <p class="muted">{action}</p>}
        </li>
      ))}
    </ul>
  )
}
