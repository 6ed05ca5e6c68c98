import { Mark } from '../../ui/mark.tsx'
import { formatTime } from '../../ui/numbers.ts'
import { withoutOverrides } from './names.ts'
import { type StatusKind, statusWords } from './words.ts'

/** Text that others wrote: in its own direction, on one line, whole on hover. */
export function Text({ children }: { readonly children: string | null | undefined }) {
  if (!children?.trim()) return <None />
  const text = withoutOverrides(children)
  return <bdi title={text}>{text}</bdi>
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
  const text = withoutOverrides(children)
  return (
    <a href={href} title={text}>
      <bdi>{text}</bdi>
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
/** Most log events are of this year. */
const secondOfThisYear = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})

function momentWords(at: Date, to: 'day' | 'minute' | 'second'): string {
  if (to === 'day') return day.format(at)
  if (to === 'minute') return formatTime(at.toISOString())
  return (at.getFullYear() === new Date().getFullYear() ? secondOfThisYear : second).format(at)
}

/** A moment: the day, to the minute or to the second. */
export function Moment({ at, to = 'day' }: { readonly at: string | null; readonly to?: 'day' | 'minute' | 'second' }) {
  if (at === null) return <None />
  return (
    <time dateTime={at} title={at} class="number">
      {momentWords(new Date(at), to)}
    </time>
  )
}
