import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import type { Trouble } from '../trouble.ts'
import { useShown, useSurroundings } from './context.ts'

interface ScreenProps {
  readonly title: string
  readonly intro?: ComponentChildren
  readonly children?: ComponentChildren
  /** What can be done here: the buttons. */
  readonly actions?: ComponentChildren
  /** Makes a form of it: what its submit button does. */
  onSubmit?(): void
}

/** One step: what it is about, its content, and below what can be done. */
export function Screen({ title, intro, children, actions, onSubmit }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { variant, hasBegun } = useSurroundings()
  useEffect(() => {
    // Whoever comes from the step before is told where they are now; who has just opened a page is left alone.
    if (variant === 'dialog' || hasBegun.current) heading.current?.focus()
    hasBegun.current = true
  }, [variant, hasBegun])
  const inside = (
    <>
      <div class="content" {...(variant === 'dialog' && SCROLLED)}>
        <div class="head">
          <h1 id="title" ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {intro && <p class="muted">{intro}</p>}
        </div>
        {children}
      </div>
      {actions && <div class="actions">{actions}</div>}
    </>
  )
  if (!onSubmit) return <div class="screen">{inside}</div>
  return (
    <form
      class="screen"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {inside}
    </form>
  )
}

/** In a dialog the content scrolls by itself: it has to be reachable by keyboard. */
const SCROLLED = { tabIndex: 0, role: 'group', 'aria-labelledby': 'title' } as const

/** An error, and the way to try again where there is one. */
export function TroubleNotice({ trouble, onRetry }: { readonly trouble: Trouble; onRetry?(): void }) {
  useShown(trouble)
  return (
    <Notice tone="bad" live>
      <p>{trouble.message}</p>
      {onRetry && (
        <p>
          <Button onClick={onRetry}>Try again</Button>
        </p>
      )}
    </Notice>
  )
}
