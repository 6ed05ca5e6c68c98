/** The name of the product, which leads home. */
export function Wordmark() {
  return (
    <a class="wordmark" href="/">
      <svg viewBox="0 0 32 32" width="24" height="24" aria-hidden="true">
        <rect width="32" height="32" rx="7" />
        <path d="M8 11.5l2 2 3.5-4M8 20.5l2 2 3.5-4M17 11.5h7M17 20.5h7" />
      </svg>
      Rollcall
    </a>
  )
}
