import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../../ui/icon.tsx'

/** How long it says that it has copied, in milliseconds. */
const SHOWN_MS = 2_000

/** A text to be entered somewhere else, and a button that copies it. `name` says what it is: `the name`. */
export function Copyable({ text, name }: { readonly text: string; readonly name: string }) {
  const code = useRef<HTMLElement>(null)
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (said === '') return
    const timer = setTimeout(() => setSaid(''), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [said])

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied')
    } catch {
      // A host page may forbid the clipboard: then the text is at least marked, ready for the keyboard.
      if (code.current) getSelection()?.selectAllChildren(code.current)
      setSaid('Marked')
    }
  }
  return (
    <span class="copyable">
      <code ref={code}>{text}</code>
      <button type="button" onClick={copy} aria-label={`Copy ${name}`}>
        <Icon name={said === '' ? 'copy' : 'good'} />
        <span role="status">{said || 'Copy'}</span>
      </button>
    </span>
  )
}
