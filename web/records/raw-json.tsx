import { useEffect, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Failure } from '../ui/failure.tsx'
import { useAnswer } from '../ui/use-answer.ts'

interface RawJsonProps {
  /** Of which record. */
  readonly id: string
  /** The record together with its JSON. */
  load(signal: AbortSignal): Promise<{ readonly raw?: unknown }>
}

/** Okta's own JSON of a record, asked for when it is opened. */
export function RawJson({ id, load }: RawJsonProps) {
  const [isOpen, setOpen] = useState(false)
  const { data, error, isLoading, reload } = useAnswer(isOpen ? id : null, load)
  return (
    <details class="raw" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Raw JSON</summary>
      {error ? (
        <Failure error={error} onRetry={reload} title="The JSON could not be loaded" />
      ) : data ? (
        <Json label="Raw JSON, as Okta sent it without secrets" value={data.raw ?? null} canBeCopied />
      ) : (
        isLoading && <p class="muted small">Loading…</p>
      )}
    </details>
  )
}

interface JsonProps {
  readonly label: string
  readonly value: unknown
  readonly canBeCopied?: boolean
}

/** JSON as text, never as anything else. */
export function Json({ label, value, canBeCopied = false }: JsonProps) {
  const text = JSON.stringify(value, null, 2)
  return (
    <div class="json">
      {canBeCopied && <Copy text={text} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, which the keyboard must be able to do */}
      <section class="json-text" tabIndex={0} aria-label={label} dir="ltr">
        <pre>{text}</pre>
      </section>
    </div>
  )
}

/** Copies text, and says so. */
export function Copy({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle')
  useEffect(() => {
    if (state === 'idle') return
    const timer = setTimeout(() => setState('idle'), 3_000)
    return () => clearTimeout(timer)
  }, [state])
  const copy = async () => {
    // Absent where the page is not served over https or from this machine.
    if (!navigator.clipboard) return setState('refused')
    await navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('refused'),
    )
  }
  return (
    <span class="copy">
      <Button look="quiet" aria-label={label} onClick={copy}>
        <Icon name={state === 'copied' ? 'good' : 'copy'} />
      </Button>
      <span role="status" class="small muted">
        {state === 'copied' ? 'Copied' : state === 'refused' ? 'The browser does not allow it here' : ''}
      </span>
    </span>
  )
}
