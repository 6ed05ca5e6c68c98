/** One request as tests see it afterwards. */
export interface SimRequest {
  /** Milliseconds. */
  at: number
  method: string
  /** With its query. */
  path: string
  /** `GET /api/v1/groups/{id}/users`. */
  route: string
  bucket: string
  /** 0 when the connection was cut or nothing was answered. */
  status: number
  /** The token's name, never its secret. */
  token: string | undefined
  /** Requests being answered when this one came, itself included. */
  inFlight: number
  /** Without Authorization and DPoP. */
  headers: Record<string, string>
}

export interface SimCounts {
  total: number
  byBucket: Record<string, number>
  byRoute: Record<string, number>
  /** Answered 429 for a full bucket or share. */
  rateLimited: number
  /** Answered 429 for too many at once. */
  concurrencyLimited: number
  maxInFlight: number
}

/** Keeps this many requests; the counts stay exact beyond. */
const KEPT = 200_000

/** What was asked, and how often. */
export class RequestRecord {
  readonly requests: SimRequest[] = []
  counts: SimCounts = emptyCounts()

  add(request: SimRequest): void {
    if (this.requests.length >= KEPT) this.requests.splice(0, KEPT / 2)
    this.requests.push(request)
    this.counts.total += 1
    this.counts.byBucket[request.bucket] = (this.counts.byBucket[request.bucket] ?? 0) + 1
    this.counts.byRoute[request.route] = (this.counts.byRoute[request.route] ?? 0) + 1
    this.counts.maxInFlight = Math.max(this.counts.maxInFlight, request.inFlight)
  }

  reset(): void {
    this.requests.length = 0
    Object.assign(this.counts, emptyCounts())
  }
}

function emptyCounts(): SimCounts {
  return { total: 0, byBucket: {}, byRoute: {}, rateLimited: 0, concurrencyLimited: 0, maxInFlight: 0 }
}
