import { useId } from 'preact/hooks'
import { dayOf } from './days.ts'

interface DayFieldProps {
  readonly label: string
  /** As the address has it: a day (`2026-01-31`), or a moment out of a link. */
  readonly value: string
  onChange(day: string | null): void
}

/** A day, first or last of a range. */
export function DayField({ label, value, onChange }: DayFieldProps) {
  const id = useId()
  return (
    <div class="day-field">
      <label class="small muted" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        type="date"
        min="2000-01-01"
        max="2999-12-31"
        value={dayOf(value)}
        // Not while it is typed: a year of four digits has three that are not meant.
        onChange={(event) => onChange(event.currentTarget.value || null)}
      />
    </div>
  )
}
