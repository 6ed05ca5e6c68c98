import { useId } from 'preact/hooks'
import { formatCount } from '../../ui/numbers.ts'
import { withoutOverrides } from './names.ts'

interface AttributesProps {
  readonly title: string
  /** Null while they are on their way. */
  readonly attributes: Readonly<Record<string, unknown>> | null
  readonly none: string
}

/** Attributes with their own names and values, those without a value left out. */
export function Attributes({ title, attributes, none }: AttributesProps) {
  const id = useId()
  const known = Object.entries(attributes ?? {}).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  )
  return (
    <section class="section" aria-labelledby={id}>
      <h3 id={id}>
        {title}{' '}
        {attributes && known.length > 0 && <span class="muted number section-total">{formatCount(known.length)}</span>}
      </h3>
      {attributes !== null && known.length === 0 ? (
        <p class="muted section-none">{none}</p>
      ) : (
        <div class="attributes">
          <table aria-label={title}>
            <tbody>
              {known.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td>
                    <Value value={value} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** Characters of a value that are shown at once. */
const LONG = 300

function Value({ value }: { readonly value: unknown }) {
  const text = typeof value === 'string' ? withoutOverrides(value) : JSON.stringify(value)
  const shown = (part: string) => (typeof value === 'string' ? <bdi>{part}</bdi> : <code>{part}</code>)
  if (text.length <= LONG) return shown(text)
  return (
    <details>
      <summary>{shown(`${text.slice(0, 80)}…`)}</summary>
      {shown(text)}
    </details>
  )
}

/** JSON that should be an object of attributes, as one. */
export const attributesOf = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : {}
