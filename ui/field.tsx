import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface FieldProps {
  readonly label: string
  readonly value: string
  readonly hint?: ComponentChildren
  /** What is wrong with the value, as a sentence. */
  readonly error?: string | null | undefined
  onInput(value: string): void
  readonly type?: 'text' | 'password' | 'search'
  readonly name?: string
  readonly placeholder?: string
  readonly inputMode?: 'url'
  readonly autocomplete?: 'off'
  readonly autocapitalize?: 'none'
  readonly spellcheck?: boolean
  readonly maxLength?: number
  readonly autoFocus?: boolean
  readonly required?: boolean
}

/** A labeled text field with its hint and its error, tied together for screen readers. */
export function Field({ label, value, hint, error, onInput, ...input }: FieldProps) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <div id={`${id}-hint`} class="small muted">
          {hint}
        </div>
      )}
      <input
        {...(input as object)}
        id={id}
        class="input"
        value={value}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={described || undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      <FieldError id={`${id}-error`} error={error} />
    </div>
  )
}

/** What is wrong with a field's value: read aloud as it appears, and named by the field's `aria-describedby`. */
export function FieldError({ id, error }: { readonly id: string; readonly error: string | null | undefined }) {
  if (!error) return null
  return (
    <div id={id} class="mark bad small field-error" role="alert">
      <Icon name="bad" />
      <span>{error}</span>
    </div>
  )
}
