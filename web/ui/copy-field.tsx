import './copy-field.css'
import { useId, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'

/** A text to take along: it can be copied with one press, and selected where the browser lets no page copy. */
export function CopyField({ label, text }: { readonly label: string; readonly text: string }) {
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState('')
  const copy = async () => {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(text)
      setSaid('Copied.')
    } catch {
      setSaid('Selected: copy it with your keyboard.')
    }
  }
  return (
    <div class="field copy-field">
      <label for={id}>{label}</label>
      <div class="copy-row">
        <input
          ref={field}
          id={id}
          class="input"
          readOnly
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
        <Button onClick={copy}>
          <Icon name={said === 'Copied.' ? 'good' : 'copy'} />
          Copy
        </Button>
      </div>
      <div class="small muted copy-said" role="status">
        {said}
      </div>
    </div>
  )
}
