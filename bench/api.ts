import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { openDb } from '../src/store/db.ts'
import { openEmbedded, stopEmbedded } from '../src/store/embedded/index.ts'
import { migrate } from '../src/store/migrate.ts'
import type { ApiAnswer, BareAnswer, Order } from './api-process.ts'
import { fillUsers } from './api-users.ts'
import { latencies, type Measured, summary } from './latency.ts'

/** At the same time, on both sides. */
const CONNECTIONS = 10
const ROUNDS = 5
/** What is aimed at: the throughput of the bare query, and its p99, as factors. */
const LEAST_THROUGHPUT = 0.6
const MOST_P99 = 3

/**
 * A walk through all users by cursor over HTTP, next to the same SQL by itself through the same driver, and to
 * that SQL behind `node:http` and nothing else, in turns, each side in a process of its own. Exit code 1 when the API misses its target.
 */
export async function api(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { users: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '10' } },
  })
  const seconds = Number(values.seconds) / ROUNDS
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-bench-'))
  const children: ChildProcess[] = []
  try {
    const { url } = await openEmbedded(dataDir)
    await migrate(url)
    const db = await openDb(url)
    const place = await fillUsers(db, Number(values.users))
    await db.close()
    const start = async (side: 'api' | 'bare' | 'plain') => {
      const child = fork(new URL('./api-process.ts', import.meta.url), [side, url, place.connectionId])
      children.push(child)
      return { child, ready: await answerOf<ApiAnswer>(child) }
    }
    const bare = await start('bare')
    const served = await start('api')
    const plain = await start('plain')
    const poolOf = (origin: string) => new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
    const pools = { api: poolOf(served.ready.origin), plain: poolOf(plain.ready.origin) }
    const headers = { 'x-api-key': place.key, 'x-connection-id': place.connectionId }
    const order = (secs: number): Order => ({ seconds: secs, walkers: CONNECTIONS })
    const measureBare = async (secs: number) => {
      const answer = answerOf<BareAnswer>(bare.child)
      bare.child.send(order(secs))
      return (await answer).latencies
    }
    const measure = (side: 'api' | 'plain', secs: number) =>
      latencies({ ...order(secs), walk: () => walkOver(pools[side], headers) })
    await measureBare(1)
    await measure('api', 1)
    await measure('plain', 1)
    const all: Record<'bare' | 'api' | 'plain', number[][]> = { bare: [], api: [], plain: [] }
    for (let round = 0; round < ROUNDS; round++) {
      all.bare.push(await measureBare(seconds))
      all.api.push(await measure('api', seconds))
      all.plain.push(await measure('plain', seconds))
    }
    await Promise.all(Object.values(pools).map((pool) => pool.close()))
    const of = (side: keyof typeof all) => summary(all[side].flat(), seconds * ROUNDS)
    return report(of('bare'), of('api'), of('plain'))
  } finally {
    for (const child of children) child.kill()
    await stopEmbedded(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** One walk after another: each call fetches one page, the first again after the last. */
function walkOver(pool: Pool, headers: Record<string, string>): () => Promise<void> {
  let cursor: string | null = null
  return async () => {
    const place: string = cursor === null ? '' : `&cursor=${cursor}`
    const path = `/v1/idp/users?limit=100&enableCursor=true${place}`
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers })
    const text = await body.text()
    if (statusCode !== 200) throw new Error(`${statusCode} ${text}`)
    // Not parsed: on a machine with few cores the client would take them from the server.
    cursor = /"next_cursor":"([^"]+)"/.exec(text.slice(text.lastIndexOf('"next_cursor"')))?.[1] ?? null
  }
}

const answerOf = <T>(child: ChildProcess): Promise<T> =>
  new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`a process of the benchmark ended with ${code}`))
    child.once('exit', onExit)
    child.once('message', (message) => {
      child.off('exit', onExit)
      resolve(message as T)
    })
  })

function report(bare: Measured, served: Measured, plain: Measured): number {
  const ratios = { throughput: served.perSecond / bare.perSecond, p99: served.p99 / bare.p99 }
  const ceiling = { throughput: plain.perSecond / bare.perSecond, p99: plain.p99 / bare.p99 }
  console.table({
    'bare SQL': bare,
    API: served,
    'node:http alone': plain,
    'API / bare': { perSecond: ratios.throughput, p99: ratios.p99 },
    'node:http alone / bare': { perSecond: ceiling.throughput, p99: ceiling.p99 },
  })
  console.log(JSON.stringify({ bare, api: served, plain, ratios, ceiling }))
  const isMet = ratios.throughput >= LEAST_THROUGHPUT && ratios.p99 < MOST_P99
  console.log(
    `${isMet ? 'met' : 'MISSED'}: at least ${LEAST_THROUGHPUT} of the throughput, p99 under ${MOST_P99} times`,
  )
  return isMet ? 0 : 1
}
