import './dialog.css'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Icon } from '../../ui/icon.tsx'

interface DialogProps {
  readonly title: string
  readonly children: ComponentChildren
  /** It was closed, by its button, by Escape or by what is in it. */
  onClose(): void
}

/** A window over the page, for one thing. It holds the focus while it is open, and gives it back. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      // Taken away while open, a dialog leaves the focus nowhere.
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}>
      <header class="row apart">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="button quiet dialog-close"
          aria-label="Close"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="stack">{children}</div>
    </dialog>
  )
}
