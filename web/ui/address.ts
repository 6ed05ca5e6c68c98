/** An address of this dashboard with some of its query changed; null takes a part away. */
export function withQuery(url: string, change: Readonly<Record<string, string | null>>): string {
  const address = new URL(url, location.origin)
  for (const [name, value] of Object.entries(change)) {
    if (value === null) address.searchParams.delete(name)
    else address.searchParams.set(name, value)
  }
  return `${address.pathname}${address.search}`
}
