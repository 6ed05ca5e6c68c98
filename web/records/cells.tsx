import { Mark } from '../../ui/mark.tsx'
import { formatTime } from '../../ui/numbers.ts'
import { type StatusKind, statusWords } from './words.ts'

/** Text that others wrote: in its own direction, on one line, whole on hover. */
export function Text({ children }: { readonly children: string | null | undefined }) {
  if (!children?.trim()) return <None />
  return <bdi title={children}>{children}</bdi>
}

/** Okta has no value here. */
export function None() {
  return (
    <span class="muted">
      <span aria-hidden="true">–</span>
      <span class="visually-hidden">none</span>
    </span>
  )
}

/** A name that leads to its record. */
export function RecordLink({ href, children }: { readonly href: string; readonly children: string }) {
  return (
    <a href={href} title={children}>
      <bdi>{children}</bdi>
    </a>
  )
}

interface StatusProps {
  readonly kind: StatusKind
  readonly status: string | null
  readonly vendorStatus?: string | null
}

/** A status in words with its sign. */
export function Status({ kind, status, vendorStatus = null }: StatusProps) {
  const { tone, text } = statusWords(kind, status, vendorStatus)
  return (
    <span title={vendorStatus ?? undefined}>
      <Mark tone={tone}>{text}</Mark>
    </span>
  )
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' })
const second = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })

/** A moment: the day, to the minute or to the second. */
export function Moment({ at, to = 'day' }: { readonly at: string | null; readonly to?: 'day' | 'minute' | 'second' }) {
  if (at === null) return <None />
  const text = to === 'day' ? day.format(new Date(at)) : to === 'minute' ? formatTime(at) : second.format(new Date(at))
  return (
    <time dateTime={at} title={at} class="number">
      {text}
    </time>
  )
}
