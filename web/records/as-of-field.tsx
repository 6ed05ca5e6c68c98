import { useId } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { dayOf } from '../table/days.ts'
import { withQuery } from '../ui/address.ts'

/** The time in the address as of which something is shown; null for now, and for what is no time. */
export function useAsOf(): { readonly asOf: string | null; set(asOf: string | null): void } {
  const { url, query, route } = useLocation()
  const asked = query.asOf ?? ''
  return {
    asOf: Number.isNaN(Date.parse(asked)) ? null : asked,
    set: (asOf) => route(withQuery(url, { asOf })),
  }
}

interface AsOfFieldProps {
  readonly label: string
  /** ISO time; null: now. */
  readonly value: string | null
  onChange(asOf: string | null): void
}

/** Chooses a moment that is over, to the minute. */
export function AsOfField({ label, value, onChange }: AsOfFieldProps) {
  const id = useId()
  return (
    <div class="row as-of">
      <label class="small muted" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="input"
        type="datetime-local"
        min="2000-01-01T00:00"
        max={localMinute(new Date())}
        value={value === null ? '' : localMinute(new Date(value))}
        onChange={(event) => {
          const typed = new Date(event.currentTarget.value)
          onChange(Number.isNaN(typed.getTime()) ? null : typed.toISOString())
        }}
      />
      {value !== null && (
        <button type="button" class="text-button small" onClick={() => onChange(null)}>
          Show those of now
        </button>
      )}
    </div>
  )
}

/** `2026-01-31T09:00` where the browser is, as the field has it. */
const localMinute = (at: Date): string =>
  `${dayOf(at.toISOString())}T${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
