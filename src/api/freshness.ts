import type { Entity } from '../model/entity.ts'
import type { Connection } from '../store/connections.ts'
import { type LastRead, lastReads } from '../store/job-history.ts'
import { Brief } from './brief.ts'
import type { ApiServices } from './services.ts'

/** Headers of every answer that holds identity data: name and sentence. */
export const FRESHNESS_HEADERS = {
  'X-Rollcall-Outcome':
    'How the last read of what this answer is made of ended, the worst where there are several: `complete`, `not_permitted`, `not_available`, `partial` or `failed`; `never` before it was first read. Only `complete` means that what is not here is not in Okta.',
  'X-Rollcall-Last-Complete-At':
    'When all of it was last read completely, ISO 8601: the earliest time where it comes from several listings. Absent while one of them never was.',
} as const

/** From best to worst. */
export const OUTCOMES = ['complete', 'not_available', 'never', 'partial', 'not_permitted', 'failed'] as const

export interface Freshness {
  readonly outcome: (typeof OUTCOMES)[number]
  /** ISO time. */
  readonly lastCompleteAt: string | null
}

type Reads = ReadonlyMap<string, LastRead>

const known = new WeakMap<ApiServices, Brief<Reads>>()

/**
 * How fresh and how complete the records of these entities are, over all streams that feed them. Asks the database once a
 * second per connection at most.
 */
export async function freshnessOf(
  services: ApiServices,
  connection: Pick<Connection, 'id' | 'vendor'>,
  ...entities: readonly Pick<Entity, 'name'>[]
): Promise<Freshness> {
  const resources = services.connectors.find(({ vendor }) => vendor === connection.vendor)?.resources ?? []
  const feeding = resources.filter(({ entity }) => entities.some(({ name }) => name === entity))
  const all = await readsOf(
    services,
    connection.id,
    resources.map(({ name }) => name),
  )
  const found = feeding.map(({ name }) => all.get(name))
  const times = found.map((stream) => stream?.last_complete_at ?? null)
  const ranks = found.map((stream) => OUTCOMES.indexOf(stream?.outcome ?? 'never'))
  return {
    outcome: OUTCOMES[Math.max(...ranks)] ?? 'never',
    lastCompleteAt: times.length === 0 || times.includes(null) ? null : (times.sort()[0] ?? null),
  }
}

/** Sets the headers that say how fresh and how complete the answer is. */
export async function setFreshness(
  call: {
    readonly services: ApiServices
    readonly connection: Pick<Connection, 'id' | 'vendor'>
    setHeader(name: string, value: string | null): void
  },
  ...entities: readonly Pick<Entity, 'name'>[]
): Promise<void> {
  const { outcome, lastCompleteAt } = await freshnessOf(call.services, call.connection, ...entities)
  call.setHeader('X-Rollcall-Outcome', outcome)
  call.setHeader('X-Rollcall-Last-Complete-At', lastCompleteAt)
}

/** The last read of each stream, by its name. */
async function readsOf(services: ApiServices, connectionId: string, streams: readonly string[]): Promise<Reads> {
  const brief = known.get(services) ?? new Brief<Reads>(services.clock)
  known.set(services, brief)
  const find = async () => {
    const reads = await lastReads(services.db, [connectionId], streams)
    return new Map(reads.map((read) => [read.stream, read]))
  }
  return (await brief.get(connectionId, find)) ?? new Map()
}
