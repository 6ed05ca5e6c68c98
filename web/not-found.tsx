import { usePageTitle } from './layout/page-title.tsx'

/** An address that shows nothing. */
export function NotFoundPage() {
  usePageTitle('Not found')
  return (
    <div class="stack">
      <h1>There is nothing at this address</h1>
      <p class="muted">The link may be old, or a part of it may be missing.</p>
      <p>
        <a class="button" href="/">
          All connections
        </a>
      </p>
    </div>
  )
}
