import { useId } from 'preact/hooks'
import { FieldError } from '../../ui/field.tsx'
import { EVENT_GROUPS, type EventType, eventWords } from './words.ts'

interface EventTypesProps {
  /** Null: everything, also what later versions bring. */
  readonly chosen: readonly EventType[] | null
  readonly problem: string | undefined
  onChange(chosen: readonly EventType[] | null): void
}

/** Chooses what an endpoint is told: everything, or some of it. */
export function EventTypes({ chosen, problem, onChange }: EventTypesProps) {
  const id = useId()
  const toggle = (type: EventType) => {
    const before = chosen ?? []
    onChange(before.includes(type) ? before.filter((one) => one !== type) : [...before, type])
  }
  return (
    <>
      <fieldset aria-describedby={problem ? `${id}-error` : undefined}>
        <legend>What it is told</legend>
        <label class="choice">
          <input type="radio" name="types" checked={chosen === null} onChange={() => onChange(null)} />
          Everything
        </label>
        <label class="choice">
          <input type="radio" name="types" checked={chosen !== null} onChange={() => onChange(chosen ?? [])} />
          Only what is chosen
        </label>
        <FieldError id={`${id}-error`} error={problem} />
      </fieldset>
      {chosen !== null && (
        <div class="event-types">
          {EVENT_GROUPS.map(({ name, types }) => (
            <fieldset key={name} class="event-group">
              <legend>{name}</legend>
              {types.map((type) => (
                <label key={type} class="choice" title={type}>
                  <input type="checkbox" checked={chosen.includes(type)} onChange={() => toggle(type)} />
                  {shortWords(type)}
                </label>
              ))}
            </fieldset>
          ))}
        </div>
      )}
    </>
  )
}

/** Below the heading that says what it is about. */
function shortWords(type: EventType): string {
  if (!type.startsWith('idp.')) return eventWords(type)
  const verb = type.slice(type.lastIndexOf('.') + 1)
  return `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`
}
