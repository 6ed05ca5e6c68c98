import { usePageTitle } from './page-title.tsx'

interface NothingThereProps {
  /** What the browser's tab says. */
  readonly title: string
  readonly heading: string
  readonly reason: string
}

/** A page about something that is not there, and the way back. */
export function NothingThere({ title, heading, reason }: NothingThereProps) {
  usePageTitle(title)
  return (
    <div class="stack">
      <h1>{heading}</h1>
      <p class="muted">{reason}</p>
      <p>
        <a class="button" href="/">
          All connections
        </a>
      </p>
    </div>
  )
}
