import type { QueuedTarget } from '../../store/refetch-queue.ts'

/** Something that is read once, however many lines of the queue ask for it. */
export interface Refetch {
  readonly kind: QueuedTarget['kind']
  readonly stream: string
  readonly key: string
  /** The lines that are done with once it was read: its own, and those that it makes needless. */
  readonly lines: readonly QueuedTarget[]
}

export interface RefetchPlan {
  readonly reads: readonly Refetch[]
  /** Listings that may be needless once all else is read: the vendor says how many rows they have. */
  readonly checks: readonly Refetch[]
}

/**
 * Decides what of the queue is read and how. A listing that is read anyway serves all that it shows; one that is cheaper
 * than what is named of it is read in its place; one that the vendor's count may make needless waits for the count.
 *
 * @param requestsOf how many requests a parent's listing takes, at least 1
 * @param isReadable whether it may be read in this round: what was tried already is not tried again
 */
export function planRefetch(
  queue: readonly QueuedTarget[],
  requestsOf: (listing: { readonly stream: string; readonly key: string }) => number,
  isReadable: (place: string) => boolean,
): RefetchPlan {
  const whole = new Set(queue.filter(({ kind }) => kind === 'stream').map(({ stream }) => stream))
  const isInWhole = (line: QueuedTarget) =>
    line.kind !== 'stream' &&
    whole.has(line.stream) &&
    isReadable(placeOf({ kind: 'stream', stream: line.stream, key: '' }))
  const single = queue.filter((line) => !isInWhole(line))
  const own = grouped(single, placeOf)
  const shown = grouped(single.filter(hasListing), listingOf)
  const readable = [...own].filter(([place]) => isReadable(place))

  // What nothing else shows, and no count makes needless.
  const wanted = new Set(readable.flatMap(([place, lines]) => (lines.some(isPlain) ? [place] : [])))
  // Listings in place of what is named of them. One that waits for a count is worth as many requests as it spares.
  for (const [place, lines] of shown) {
    if (wanted.has(place) || !isReadable(place)) continue
    const spared = new Set(lines.map(placeOf).filter((one) => isReadable(one) && !wanted.has(one))).size
    const requests = requestsOf(shownBy(lines[0]))
    if (requests < spared || (own.has(place) && requests <= spared)) wanted.add(place)
  }
  const checks: string[] = []
  for (const [place, lines] of readable) {
    if (wanted.has(place)) continue
    if (lines.some(hasListing)) {
      if (!lines.every((line) => hasListing(line) && wanted.has(listingOf(line)))) wanted.add(place)
    } else if (!shown.has(place) && requestsOf(lines[0] as QueuedTarget) <= 1) wanted.add(place)
    else checks.push(place)
  }
  const refetchOf = (place: string): Refetch[] => {
    const lines = own.get(place) ?? []
    const spared = (shown.get(place) ?? []).filter((line) => !wanted.has(placeOf(line)))
    const named = lines[0] ?? (spared[0] && { kind: 'children' as const, ...shownBy(spared[0]) })
    if (!named) return []
    const { kind, stream, key } = named
    const inWhole = kind === 'stream' ? queue.filter((line) => line.stream === stream && isInWhole(line)) : []
    return [{ kind, stream, key, lines: [...lines, ...spared, ...inWhole] }]
  }
  return { reads: [...wanted].flatMap(refetchOf), checks: checks.flatMap(refetchOf) }
}

export const placeOf = ({ kind, stream, key }: Pick<QueuedTarget, 'kind' | 'stream' | 'key'>): string =>
  `${kind} ${stream} ${key}`

const hasListing = (line: QueuedTarget): boolean => line.shown_by_stream !== ''
const isPlain = (line: QueuedTarget): boolean => !hasListing(line) && line.unless_rows === null
const shownBy = (line: QueuedTarget | undefined) => ({
  stream: line?.shown_by_stream ?? '',
  key: line?.shown_by_key ?? '',
})
const listingOf = (line: QueuedTarget): string => placeOf({ kind: 'children', ...shownBy(line) })

function grouped(lines: readonly QueuedTarget[], by: (line: QueuedTarget) => string): Map<string, QueuedTarget[]> {
  const groups = new Map<string, QueuedTarget[]>()
  for (const line of lines) {
    const place = by(line)
    const group = groups.get(place)
    if (group) group.push(line)
    else groups.set(place, [line])
  }
  return groups
}
