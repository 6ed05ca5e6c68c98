import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../../ui/icon.tsx'
import type { ConnectedDetail } from '../element.tsx'
import type { Trouble } from '../trouble.ts'
import { type Surroundings, SurroundingsContext } from './context.ts'
import { Flow } from './flow.tsx'

interface FrameProps {
  readonly token: string
  readonly baseUrl: string
  readonly variant: 'dialog' | 'page'
  readonly vendorName: string | null
  readonly logoUrl: string | null
  readonly docsUrlOverrides: Readonly<Record<string, string>>
  onConnected(detail: ConnectedDetail): void
  onFailed(detail: Trouble): void
  onClosed(): void
}

/** What the flow stands in: a modal dialog over the host page, or a place of a page. */
export function Frame({ token, baseUrl, variant, vendorName, logoUrl, docsUrlOverrides, ...tell }: FrameProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const hasBegun = useRef(false)
  const [isClosed, setClosed] = useState(false)

  // Before the step inside takes the focus: opening gives it to the first button.
  useLayoutEffect(() => {
    if (variant === 'dialog' && !isClosed && !dialog.current?.open) dialog.current?.showModal()
  }, [variant, isClosed])

  const close = () => {
    if (variant === 'dialog') {
      dialog.current?.close()
      setClosed(true)
    }
    tell.onClosed()
  }
  const surroundings: Surroundings = {
    variant,
    asker: vendorName ?? 'Rollcall',
    docsUrlOverrides,
    hasBegun,
    onFailed: tell.onFailed,
    close,
  }
  // Closed means over: whatever was under way ends with the flow.
  if (isClosed) return null

  const inside = (
    <SurroundingsContext.Provider value={surroundings}>
      {/* No landmarks: the page around has its own. */}
      <div class="brand">
        <Logo url={logoUrl} />
        <span class="asker">{surroundings.asker}</span>
        {variant === 'dialog' && (
          <button type="button" class="close" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <Flow token={token} baseUrl={baseUrl} onConnected={tell.onConnected} />
    </SurroundingsContext.Provider>
  )
  if (variant === 'page') return <div class="rc frame page">{inside}</div>
  return (
    <dialog
      ref={dialog}
      class="rc frame dialog"
      aria-labelledby="title"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      {inside}
    </dialog>
  )
}

/** The logo of the product that asks; Rollcall's own where there is none, or where it cannot be shown. */
function Logo({ url }: { readonly url: string | null }) {
  const [broken, setBroken] = useState<string | null>(null)
  if (url !== null && url !== broken)
    return <img class="logo" src={url} alt="" referrerpolicy="no-referrer" onError={() => setBroken(url)} />
  return (
    <svg class="logo own" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" />
      <path d="M8 11.5l2 2 3.5-4M8 20.5l2 2 3.5-4M17 11.5h7M17 20.5h7" />
    </svg>
  )
}
