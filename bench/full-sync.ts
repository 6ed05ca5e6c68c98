import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { BUCKETS } from '../sim/http/rate-limit.ts'
import { type OrgName, type Sim, startSim } from '../sim/index.ts'
import type { SyncResult } from '../src/sync/progress.ts'
import { peakMb, treeMb } from './memory.ts'
import { type Neighbor, startNeighbor } from './neighbor.ts'

const SHARE = 0.9
const bin = new URL('../bin/rollcall.mjs', import.meta.url).pathname

/** A full sync by the real command against the simulated org. Exit code 1 when the sync was not complete. */
export async function fullSync(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      org: { type: 'string', default: 'r1' },
      'limit-scale': { type: 'string', default: 'Infinity' },
      neighbor: { type: 'boolean', default: false },
    },
  })
  const limitScale = Number(values['limit-scale'])
  const sim = await startSim({ org: values.org as OrgName, limitScale })
  const neighbor = values.neighbor ? startNeighbor(sim, limitScale) : null
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-bench-'))
  try {
    const measured = await measureSync(sim, dataDir)
    report(sim, measured)
    if (neighbor) reportNeighbor(neighbor)
    else reportAlone(sim, measured, limitScale)
    return measured.result?.outcome === 'complete' ? 0 : 1
  } finally {
    neighbor?.stop()
    await sim.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Measured {
  result: SyncResult | null
  wallMs: number
  rollcallMb: number
  serverMb: number
  /** Requests other than factors, and the time, when everything but factors was complete. */
  rest: { requests: number; afterMs: number }
}

async function measureSync(sim: Sim, dataDir: string): Promise<Measured> {
  const started = performance.now()
  const child = spawn(process.execPath, [bin, 'sync', '--domain', sim.origin, '--json'], {
    env: {
      ...process.env,
      DATABASE_URL: '',
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: sim.origin,
      OKTA_API_TOKEN: sim.token,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  let rollcallMb = 0
  let serverMb = 0
  let rest = { requests: 0, afterMs: 0 }
  const sampler = setInterval(() => {
    rollcallMb = Math.max(rollcallMb, peakMb(child.pid ?? 0))
    const server = serverPid(dataDir)
    if (server) serverMb = Math.max(serverMb, treeMb(server))
    const others = sim.counts.total - (sim.counts.byRoute[FACTORS] ?? 0)
    if (others > rest.requests) rest = { requests: others, afterMs: performance.now() - started }
  }, 250)
  const exited = new Promise((resolve) => child.once('exit', resolve))
  await exited
  clearInterval(sampler)
  const wallMs = performance.now() - started
  return { result: output ? (JSON.parse(output) as SyncResult) : null, wallMs, rollcallMb, serverMb, rest }
}

const FACTORS = 'GET /api/v1/users/{id}/factors'

function serverPid(dataDir: string): number | null {
  try {
    return Number(readFileSync(join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8').split('\n')[0])
  } catch {
    return null
  }
}

function report(sim: Sim, { result, wallMs, rollcallMb, serverMb }: Measured): void {
  console.log(`outcome ${result?.outcome}, ${result?.seconds} s of sync, ${(wallMs / 1000).toFixed(1)} s of process`)
  console.table(sim.counts.byBucket)
  console.table(
    Object.entries(result?.resources ?? {}).map(([resource, { outcome, rows, requests, seconds }]) => ({
      resource,
      outcome,
      rows,
      requests,
      seconds,
    })),
  )
  console.log(`requests ${sim.counts.total}`)
  if (result?.plan) {
    const { requests, seconds, buckets } = result.plan
    console.table(Object.entries(buckets).map(([bucket, { requests: planned, spent }]) => ({ bucket, planned, spent })))
    const off = (100 * (result.estimate_error ?? 0)).toFixed(1)
    // Without limits in the way there is nothing that a time could be told from.
    const time = seconds === null ? '' : ` in ${seconds.toFixed(1)} s`
    console.log(`planned ${requests}${time}, spent ${result.requests}: ${off} % off`)
  }
  console.log(`429 answers ${sim.counts.rateLimited}, of the concurrency limit ${sim.counts.concurrencyLimited}`)
  console.log(`most requests in flight ${sim.counts.maxInFlight}`)
  console.log(`peak memory: rollcall ${rollcallMb.toFixed(0)} MB, embedded server ${serverMb.toFixed(0)} MB`)
}

/** What only makes sense when every request is ours: when the rest was done, and wall time over its lower bound. */
function reportAlone(sim: Sim, { result, rest }: Measured, limitScale: number): void {
  console.log(`all but factors: ${rest.requests} requests, done after ${(rest.afterMs / 1000).toFixed(1)} s`)
  if (!result || !Number.isFinite(limitScale)) return
  const bounds = Object.entries(sim.counts.byBucket).map(([bucket, requests]) => {
    const granted = (BUCKETS[bucket] ?? 1200) * 0.5 * limitScale
    return { bucket, requests, seconds: (requests / (granted * SHARE)) * 60 }
  })
  const slowest = bounds.reduce((a, b) => (b.seconds > a.seconds ? b : a))
  console.log(
    `slowest bucket ${slowest.bucket}: bound ${slowest.seconds.toFixed(1)} s, wall over bound ${(result.seconds / slowest.seconds).toFixed(3)}`,
  )
}

function reportNeighbor({ counts }: Neighbor): void {
  console.log(`neighbor: ${counts.sent} requests, ${counts.refused} of them answered 429`)
}
