import type { LinkLine } from './http/answer.ts'
import type { SimCall } from './http/call.ts'
import type { RateHeaders } from './http/rate-limit.ts'
import type { Org } from './org.ts'

/** Trouble on the way: which calls it meets, and what happens to their answers. Several effects may go together. */
export interface Fault {
  name?: string
  /**
   * Text: a route (`GET /api/v1/groups/{id}/users`), a path with or without its query (`GET /api/v1/users`), or `*`.
   * A pattern is tried on `METHOD /path?query` and on the route.
   */
  match: string | RegExp
  /** Lets the first n matching calls through. */
  skip?: number
  /** Meets at most n calls. Default: all. */
  times?: number
  where?: (call: SimCall) => boolean
  /** Runs when it meets a call: to change the org, or to spend somebody else's budget. */
  onHit?: (call: SimCall, sim: FaultContext) => void

  /** Answers instead of the org. Alone, the body is the Okta error that usually comes with that status. */
  status?: number
  body?: unknown
  headers?: Record<string, string>
  /** A gateway's page instead of JSON, status 502 unless given. */
  html?: boolean
  /** Never answers; ends when the client hangs up or the simulator closes. */
  never?: boolean

  /** Held back for so many ms of the simulator's clock: the whole answer, or its body after the headers. */
  delayMs?: number
  delayAt?: 'headers' | 'body'
  /** Cuts the connection. */
  reset?: 'before-headers' | 'after-headers' | 'mid-body'
  /** Ends the body cleanly after so many bytes. */
  truncate?: number
  /** Sends the body in so many chunks, without a length, cutting wherever it falls. */
  chunks?: number

  transform?: (body: unknown, call: SimCall) => unknown
  /** Rewrites the Link headers. Text is a raw header line: a value, or `Name: value`. */
  links?: (links: LinkLine[], call: SimCall) => LinkLine[]
  /** Replaces the rate-limit headers; null sends none. */
  rateHeaders?: RateHeaders | null | ((usual: RateHeaders, call: SimCall) => RateHeaders | null)
  /** Shifts the server's clock as its headers show it. */
  dateSkewMs?: number
}

/** What a fault may reach. */
export interface FaultContext {
  org: Org
  consume(bucket: string, n: number): void
  /** Milliseconds. */
  now(): number
}

/** A rule in force, counting whom it met. */
export class ActiveFault {
  readonly rule: Fault
  hits = 0
  #seen = 0

  constructor(rule: Fault) {
    this.rule = rule
  }

  /** Whether it meets this call; counts it. */
  meets(call: SimCall): boolean {
    const { rule } = this
    if (!isMatch(rule.match, call) || (rule.where && !rule.where(call))) return false
    this.#seen += 1
    if (this.#seen <= (rule.skip ?? 0) || this.hits >= (rule.times ?? Number.POSITIVE_INFINITY)) return false
    this.hits += 1
    return true
  }
}

function isMatch(match: string | RegExp, call: SimCall): boolean {
  const line = `${call.method} ${call.path}`
  if (typeof match !== 'string') return new RegExp(match).test(line) || new RegExp(match).test(call.route)
  return match === '*' || match === call.route || match === line || match === line.split('?')[0]
}
