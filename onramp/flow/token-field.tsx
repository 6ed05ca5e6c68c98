import type { RefObject } from 'preact'
import { useEffect, useId, useState } from 'preact/hooks'
import { FieldError } from '../../ui/field.tsx'

interface TokenFieldProps {
  readonly inputRef: RefObject<HTMLInputElement | null>
  readonly error: string | null
  onInput(): void
}

/** Where the Okta API token is pasted. What is in it is known to the field alone, and goes when the field does. */
export function TokenField({ inputRef, error, onInput }: TokenFieldProps) {
  const id = useId()
  const [isShown, setShown] = useState(false)
  useEffect(() => {
    const input = inputRef.current
    // Leaving by Back, or by closing: an input that is taken out of the page would still hold its text.
    return () => {
      if (input) input.value = ''
    }
  }, [inputRef])

  return (
    <div class="field">
      <label for={id}>API token</label>
      <div class="secret">
        <input
          ref={inputRef}
          id={id}
          class="input"
          {...(isShown ? { type: 'text' as const } : { type: 'password' as const })}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          data-1p-ignore=""
          data-lpignore="true"
          maxLength={4_000}
          aria-invalid={error ? 'true' : undefined}
          aria-describedby={error ? `${id}-error ${id}-hint` : `${id}-hint`}
          onInput={onInput}
        />
        <button
          type="button"
          aria-label={isShown ? 'Hide the token' : 'Show the token'}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? 'Hide' : 'Show'}
        </button>
      </div>
      <div id={`${id}-hint`} class="small muted">
        Kept in this page only until it is sent: reloading clears it, on purpose.
      </div>
      <FieldError id={`${id}-error`} error={error} />
    </div>
  )
}
