import type { LogEvent } from '../generate/log-events.ts'
import { type Answer, OktaError, ok } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Org } from '../org.ts'
import { limitOf, urlWith } from '../paging.ts'
import { type Expression, type Grammar, isMatch, parseFilter, valueAt } from '../search.ts'
import { DAY } from '../world.ts'

const FILTER: Grammar = { attributes: /^(?!published$)[a-zA-Z]+(\.[\w$-]+)*$/, code: 'E0000053' }
const SIZE = { default: 100, max: 1000 }
/** A `since` older than this is refused; events older than the retention would silently be missing. */
const OLDEST_SINCE_MS = 180 * DAY

/**
 * Two ways to read, see https://developer.okta.com/docs/reference/system-log-query/
 * Without `until`: polling. Events come in the order they were stored, and there is always a next link, on an empty
 * page too. With `until` (or descending): a report. Events come by `published`, and the last page has no next link.
 */
export const LOG_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/logs',
    permission: 'okta.logs.read',
    handle(call, { org }) {
      const now = org.now()
      const until = timeOf(call, 'until') ?? now
      const since = timeOf(call, 'since') ?? until - 7 * DAY
      if (since < now - OLDEST_SINCE_MS) {
        throw new OktaError('E0000053', '', ["'since': The time must not be more than 180 days ago."])
      }
      const order = (call.query.get('sortOrder') ?? 'ASCENDING').toUpperCase()
      if (order !== 'ASCENDING' && order !== 'DESCENDING') {
        throw new OktaError('E0000001', 'sortOrder', ['sortOrder: must be ASCENDING or DESCENDING.'])
      }
      const filter = call.query.get('filter')
      if (filter && /debugData\.(url|requestUri)\s+co\b/i.test(filter)) throw new OktaError('E0000031')
      const isWanted = matcher(call, filter ? parseFilter(filter, FILTER) : undefined)
      const isPolling = !call.query.has('until') && order === 'ASCENDING'
      const list = isPolling ? stored(call, org, since) : bounded(call, org, since, until, order === 'DESCENDING')
      return answer(call, org, list, isWanted, isPolling)
    },
  },
]

function answer(
  call: SimCall,
  org: Org,
  numbers: Iterable<number>,
  isWanted: (event: LogEvent) => boolean,
  isPolling: boolean,
): Answer {
  const limit = limitOf(call.query.get('limit') === '0' ? { ...call, query: new URLSearchParams() } : call, SIZE)
  const events: LogEvent[] = []
  let last: number | undefined
  let more = false
  for (const number of numbers) {
    const event = org.state.log.get(number)
    if (!event) continue
    if (events.length === limit) {
      more = true
      break
    }
    last = number
    if (isWanted(event)) events.push(event)
  }
  const links = [{ url: urlWith(call, {}), rel: 'self' }]
  // A poll that found nothing goes on where the log ends now: what is stored later comes, whatever time it carries.
  const cursor =
    last === undefined ? (call.query.get('after') ?? cursorAt(org, org.state.log.count)) : cursorAt(org, last + 1)
  if (isPolling || more) links.push({ url: urlWith(call, { after: cursor }), rel: 'next' })
  return ok(events, links)
}

/** In the order of storage, after the cursor or from `since` on. */
function* stored(call: SimCall, org: Org, since: number): Generator<number> {
  const next = cursorNumber(call)
  const { log } = org.state
  const earliest = next === undefined ? since : Number.NEGATIVE_INFINITY
  for (let number = next ?? 0; number < log.count; number++) if (log.publishedAt(number) >= earliest) yield number
}

function* bounded(call: SimCall, org: Org, since: number, until: number, descending: boolean): Generator<number> {
  const { log } = org.state
  const numbers = descending ? [...log.byTime()].reverse() : log.byTime()
  const next = cursorNumber(call)
  let passed = next === undefined
  for (const number of numbers) {
    const at = log.publishedAt(number)
    if (passed && at >= since && at < until) yield number
    if (number + 1 === next) passed = true
  }
}

function matcher(call: SimCall, expression: Expression | undefined): (event: LogEvent) => boolean {
  const words = (call.query.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  return (event) => {
    if (expression && !isMatch(expression, (path) => valueAt(event, path))) return false
    const text = words.length > 0 ? JSON.stringify(event).toLowerCase() : ''
    return words.every((word) => text.includes(word))
  }
}

/** `1658862453660_17`: a time, for show, and the number of the event to go on with. */
function cursorAt(org: Org, next: number): string {
  const at = next > 0 ? org.state.log.publishedAt(next - 1) : org.now()
  return `${at}_${next}`
}

function cursorNumber(call: SimCall): number | undefined {
  const after = call.query.get('after')
  if (after === null || after === '') return undefined
  const [, number] = /^\d+_(\d+)$/.exec(after) ?? []
  if (number === undefined) throw new OktaError('E0000031', '', ['Invalid cursor.'])
  return Number(number)
}

function timeOf(call: SimCall, name: string): number | undefined {
  const text = call.query.get(name)
  if (text === null || text === '') return undefined
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new OktaError('E0000001', name, [`${name}: ${text} is not a date.`])
  return ms
}
