import { useEffect, useRef } from 'preact/hooks'
import type { Choice } from './choice.ts'

interface ChoicesProps {
  readonly label: string
  readonly choices: readonly Choice[]
  /** Those chosen, separated by commas, as the address has them. */
  readonly value: string
  onChange(value: string | null): void
}

/** Several out of a few, behind a button that says which. */
export function Choices({ label, choices, value, onChange }: ChoicesProps) {
  const box = useRef<HTMLDetailsElement>(null)
  const chosen = value.split(',').filter(Boolean)
  // One that a link asks for and that is not among ours is still shown, and can be taken away.
  const foreign = chosen.filter((one) => !choices.some((choice) => choice.value === one))
  const all = [...choices, ...foreign.map((one) => ({ value: one, label: one }))]
  const names = all.filter((choice) => chosen.includes(choice.value)).map((choice) => choice.label)

  useEffect(() => {
    const close = (event: Event) => {
      if (!box.current?.open || event.composedPath().includes(box.current)) return
      // Pressing on words within moves the focus to what surrounds everything, which is not to leave.
      const isAround = event.type === 'focusin' && event.target instanceof Node && event.target.contains(box.current)
      if (!isAround) box.current.open = false
    }
    addEventListener('pointerdown', close)
    addEventListener('focusin', close)
    return () => {
      removeEventListener('pointerdown', close)
      removeEventListener('focusin', close)
    }
  }, [])

  const toggle = (one: string) => {
    const next = chosen.includes(one) ? chosen.filter((other) => other !== one) : [...chosen, one]
    onChange(next.join(',') || null)
  }
  return (
    <details
      ref={box}
      class="choices"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !box.current?.open) return
        box.current.open = false
        box.current.querySelector('summary')?.focus()
      }}
    >
      <summary class="button">
        <span class={names.length > 0 ? '' : 'muted'}>
          {label}
          {names.length > 0 && ':'}
        </span>
        {names.length > 0 && (
          <span class="chosen">
            {names[0]}
            {names.length > 1 && ` +${names.length - 1}`}
          </span>
        )}
      </summary>
      <fieldset class="choices-list">
        <legend class="visually-hidden">{label}</legend>
        {all.map((choice) => (
          <label key={choice.value} class="check">
            <input type="checkbox" checked={chosen.includes(choice.value)} onChange={() => toggle(choice.value)} />
            <span>{choice.label}</span>
          </label>
        ))}
        {chosen.length > 0 && (
          <button type="button" class="text-button small" onClick={() => onChange(null)}>
            Clear
          </button>
        )}
      </fieldset>
    </details>
  )
}
