import { z } from 'zod'
import { COUNT_UNITS, listRequestCounts } from '../../store/request-counts.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { connectionOf } from '../found.ts'
import { choice, moment, uuid } from '../parameters.ts'

const params = z.object({ organization_id: uuid('The organization.'), connection_id: uuid('The connection.') })
const HOUR_MS = 3_600_000

const RequestCounts = z
  .object({
    items: z
      .array(
        z.object({
          at: z.iso.datetime().describe('When the minute or hour begins.'),
          bucket: z.string().describe("The path that the vendor's rate limit is on."),
          requests: z.int().describe('Requests within it.'),
          rate_limited: z.int().describe('Of these, answered with 429.'),
          limit: z.number().nullable().describe('Requests a minute that the vendor grants; null: it did not say.'),
          per_minute: z.number().nullable().describe('Requests a minute that Rollcall allows itself.'),
        }),
      )
      .describe('The oldest first, times without requests left out.'),
  })
  .meta({ id: 'RequestCounts', description: 'Requests to the vendor over time.' })

/** What a connection has cost. */
export const requestCounts: readonly Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/v1/provisioning/organizations/{organization_id}/connections/{connection_id}/requests',
    operationId: 'list_request_counts',
    tag: 'jobs',
    summary: 'List requests over time',
    description:
      'Requests that syncs made, by time and by rate limit of the vendor, with that limit. They are kept for 30 days; the last seconds of a process that was killed are missing.',
    access: 'organization',
    params,
    query: z.object({
      since: moment('From when on; an hour ago, unless said otherwise.'),
      per: choice(COUNT_UNITS, 'Added up by minute, or by hour.'),
    }),
    response: RequestCounts,
    errors: ['connection_not_found'],
    handle: async ({ services: { db, clock }, query, ...call }) => {
      const { id: connectionId } = await connectionOf(db, call)
      const since = query.since ?? new Date(clock.now() - HOUR_MS).toISOString()
      return { items: await listRequestCounts(db, { connectionId, since, per: query.per ?? 'minute' }) }
    },
  }),
]
