import { ActiveFault, type Fault } from './fault.ts'
import { findFault } from './faults.ts'
import { Proofs } from './http/dpop.ts'
import { RateLimits } from './http/rate-limit.ts'
import type { SimCounts, SimRequest } from './http/request-record.ts'
import { SimServer } from './http/server.ts'
import { type ServiceAppOptions, ServiceApps, type SimServiceApp } from './http/service-apps.ts'
import { type TokenOptions, Tokens } from './http/tokens.ts'
import { ORGS, orgSize, realClock, type SimOptions } from './options.ts'
import { Org } from './org.ts'
import { makeIds, type World } from './world.ts'

export interface Sim {
  /** `http://127.0.0.1:PORT`. */
  origin: string
  /** Secret of the default token: a super administrator's. */
  token: string
  org: Org
  /** The latest requests, oldest first. */
  requests: SimRequest[]
  counts: SimCounts
  resetCounts(): void
  /** Another API token; returns its secret. */
  addToken(options: TokenOptions): string
  /** An API Services app, which signs in with a key in place of a token. */
  addServiceApp(options?: ServiceAppOptions): SimServiceApp
  /** By name or as a rule, until removed. */
  fault(fault: string | Fault): { remove(): void; readonly hits: number }
  clearFaults(): void
  /** Another client of the org spends n requests of a bucket in the current window. */
  consume(bucket: string, n: number): void
  close(): Promise<void>
}

/** Starts a simulated org. Nothing is generated up front, so an org of a million users starts as fast as a small one. */
export async function startSim(options: SimOptions = {}): Promise<Sim> {
  const name = options.org ?? 'small'
  if (!Object.hasOwn(ORGS, name)) {
    throw new Error(`Unknown org "${name}". Orgs: ${Object.keys(ORGS).join(', ')}`)
  }
  const clock = options.clock ?? realClock
  const org = new Org(makeWorld(options, clock.now()), () => clock.now())
  const proofs = new Proofs(org.world.seed, () => clock.now())
  const tokens = new Tokens(org, proofs)
  const serviceApps = new ServiceApps(org, tokens)
  const token = tokens.add({ name: 'default', share: options.tokenShare ?? 0.5 })
  const limits = new RateLimits(options.limitScale ?? 1, () => clock.now())
  const server = new SimServer({
    org,
    tokens,
    serviceApps,
    proofs,
    limits,
    clock,
    concurrency: options.concurrency ?? 75,
    port: options.port ?? 0,
  })
  const fault = (given: string | Fault) => {
    const rules = typeof given === 'string' ? findFault(given).make(org) : [given]
    const active = rules.map((rule) => new ActiveFault(rule))
    server.faults.push(...active)
    return {
      remove() {
        for (const one of active) {
          const at = server.faults.indexOf(one)
          if (at >= 0) server.faults.splice(at, 1)
        }
      },
      get hits() {
        return active.reduce((sum, one) => sum + one.hits, 0)
      },
    }
  }
  for (const given of options.faults ?? []) fault(given)
  const origin = await server.listen()
  return {
    origin,
    token,
    org,
    requests: server.record.requests,
    counts: server.record.counts,
    resetCounts: () => server.record.reset(),
    addToken: (given) => tokens.add(given),
    addServiceApp: (given) => serviceApps.add(given),
    fault,
    clearFaults: () => {
      server.faults.length = 0
    },
    consume: (bucket, n) => limits.consume(bucket, n),
    close: () => {
      org.hookSender.close()
      return server.close()
    },
  }
}

function makeWorld(options: SimOptions, now: number): World {
  const name = options.org ?? 'small'
  const seed = options.seed ?? 1
  const today = new Date(now)
  return {
    name,
    seed,
    engine: options.engine ?? 'idx',
    size: { ...orgSize(name, options.users), ...options.size },
    epoch: Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1),
    madeAt: now,
    subdomain: `acme-${name}`,
    ids: makeIds(seed),
  }
}
