/**
 * A side of `bench/api`: the API server, the bare query, or that query behind `node:http` and nothing else.
 * `api-process.ts api|bare|plain DATABASE_URL CONNECTION_ID`
 */
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../src/api/app.ts'
import { systemClock } from '../src/clock.ts'
import { describeOkta } from '../src/connectors/okta/description.ts'
import { silentLog } from '../src/log.ts'
import { User } from '../src/model/user.ts'
import { createSealer } from '../src/seal.ts'
import { type Db, openDb, type Queryable } from '../src/store/db.ts'
import { listRecords } from '../src/store/records.ts'
import { latencies } from './latency.ts'

export interface Order {
  readonly seconds: number
  readonly walkers: number
}
export interface ApiAnswer {
  readonly origin: string
}
export interface BareAnswer {
  readonly latencies: number[]
}

const PAGE = 100
const [side, url = '', connectionId = ''] = process.argv.slice(2)
const db = await openDb(url, { max: 8 })
if (side === 'api') process.send?.(await serve())
else if (side === 'plain') process.send?.(await servePlainly(await statementOf(db)))
else await runBare()

function nobodyIsAsked(): Promise<never> {
  return Promise.reject(new Error('nobody is asked here'))
}

async function serve(): Promise<ApiAnswer> {
  const key = randomBytes(32)
  const app = await createApp({
    db,
    clock: systemClock,
    log: silentLog,
    sealer: createSealer(() => [key]),
    connectors: [describeOkta({ allowedInsecureOrigins: [] })],
    pagesDir: null,
    publicUrl: 'http://127.0.0.1',
    version: '0',
    rateLimit: 0,
    metricsToken: null,
    egressAddresses: [],
    planSync: nobodyIsAsked,
    vendors: { findOrg: nobodyIsAsked, check: nobodyIsAsked, estimate: nobodyIsAsked },
    webhooks: { faultOf: () => null, test: nobodyIsAsked },
  })
  return { origin: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

/** The statement that the API runs for a page of a walk, run by itself. */
async function runBare(): Promise<void> {
  const statement = await statementOf(db)
  process.on('message', async ({ seconds, walkers }: Order) => {
    process.send?.({ latencies: await latencies({ seconds, walkers, walk: () => walkBare(statement) }) })
  })
  process.send?.({ origin: '' })
}

type Statement = Parameters<Queryable['query']>

async function statementOf(target: Db): Promise<Statement> {
  let statement: Statement | undefined
  const listening: Queryable = {
    query: (...given) => {
      statement = given
      return target.query(...given)
    },
  }
  const from = ['00000000-0000-0000-0000-000000000000']
  const window = { direction: 'next', from, offset: 0, limit: PAGE + 1 } as const
  await listRecords(listening, User, { connectionId, filters: {}, window, raw: false })
  if (!statement) throw new Error('no statement')
  return statement
}

function walkBare([sql, params = [], ...rest]: Statement): () => Promise<void> {
  let after = String(params[1])
  return async () => {
    const rows = await db.query<{ id: string }>(sql, [params[0], after, ...params.slice(2)], ...rest)
    after = rows.length > PAGE ? (rows[PAGE - 1]?.id ?? after) : String(params[1])
  }
}

/** The most that a server on this machine could do: no key, no checks, no headers; the rows as they come, as JSON. */
async function servePlainly([sql, params = [], ...rest]: Statement): Promise<ApiAnswer> {
  const server = createServer(async (request, response) => {
    const cursor = new URL(request.url ?? '', 'http://127.0.0.1').searchParams.get('cursor')
    const rows = await db.query<{ id: string }>(sql, [params[0], cursor ?? params[1], ...params.slice(2)], ...rest)
    const items = rows.slice(0, PAGE)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ items, next_cursor: rows.length > PAGE ? items.at(-1)?.id : null }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}
