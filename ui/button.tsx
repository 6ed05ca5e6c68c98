import type { ButtonHTMLAttributes } from 'preact'
import { Icon } from './icon.tsx'

interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'class' | 'disabled'> {
  readonly look?: 'plain' | 'primary' | 'quiet' | 'danger'
  /** It is doing what it was pressed for: shown, and presses are ignored, but focus stays. */
  readonly isBusy?: boolean
  readonly isDisabled?: boolean
}

/** A button. One that cannot be pressed stays reachable by keyboard, so that nobody loses their place. */
export function Button({
  look = 'plain',
  isBusy = false,
  isDisabled = false,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  const isOff = isBusy || isDisabled
  return (
    <button
      type="button"
      {...rest}
      class={`button ${look}`}
      aria-disabled={isOff ? 'true' : undefined}
      aria-busy={isBusy ? 'true' : undefined}
      onClick={(event) => {
        if (isOff) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {isBusy && <Icon name="busy" />}
      {children}
    </button>
  )
}
