import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { systemClock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { silentLog } from '../log.ts'
import { createConnection } from '../store/connection-changes.ts'
import type { Db } from '../store/db.ts'
import { takeDelivery } from '../store/event-hook-deliveries.ts'
import { createEventHook } from '../store/event-hooks.ts'
import { enqueueDue, enqueueSync, leaseNextJob, requestCancel } from '../store/job-queue.ts'
import { findJob, type Job, markJob } from '../store/jobs.ts'
import { type Lease, releaseLease, renewLease, underLease } from '../store/lease.ts'
import { newLeaseOwner } from '../store/lease-owner.ts'
import { type Run, Worker } from './worker.ts'

const ORGANIZATION = '00000000-0000-4000-8000-000000000001'
const at = '2026-01-05T09:00:00.000Z'

let db: Db
let workers: Worker[] = []

useDatabase('file', (opened) => {
  db = opened
})
beforeEach(() => db.query('delete from connections'))
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()))
  workers = []
})

async function connect(): Promise<string> {
  const org = { vendor: 'OKTA_IDP', origin: 'https://acme.okta.com', identifier: null, options: null }
  return (await createConnection(db, { organizationId: ORGANIZATION, ...org })).id
}
const ask = async (connectionId: string): Promise<Job> =>
  (await enqueueSync(db, { connectionId, trigger: 'request', at })).job

/** A job's work that succeeds: what the sync engine does to its row at the end. */
const complete = (lease: Lease) =>
  underLease(db, lease, (tx) =>
    markJob(tx, lease.jobId, { state: 'ended', outcome: 'complete', seconds: 0, at, error: null, retryInMs: null }),
  )

function work(run: Run, { owner = newLeaseOwner(), capacity = 4 } = {}): Worker {
  const worker = new Worker({ db, clock: systemClock, log: silentLog, run, capacity, owner, changesDays: 90 })
  workers.push(worker)
  worker.start()
  return worker
}
const soon = <T>(look: () => Promise<T>) => vi.waitFor(look, { interval: 5, timeout: 10_000 })
const stateOf = async (job: Job) => (await findJob(db, job.id))?.state

describe('a lease', () => {
  it('is taken by one of several that ask at once', async () => {
    await ask(await connect())
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => leaseNextJob(db, { owner })))
    expect(taken.filter((job) => job !== null)).toHaveLength(1)
  })

  it('that ran out is taken over, and who had it before can neither renew it nor write', async () => {
    const job = await ask(await connect())
    await leaseNextJob(db, { owner: 'elsewhere/1/x/1/a' })
    expect(await leaseNextJob(db, { owner: 'b' })).toBeNull()
    await db.query("update sync_jobs set lease_until = now() - interval '1 second'")
    expect((await leaseNextJob(db, { owner: 'b' }))?.id).toBe(job.id)
    const lost = { jobId: job.id, owner: 'elsewhere/1/x/1/a' }
    expect(await renewLease(db, lost, null)).toBe('lost')
    await expect(complete(lost)).rejects.toMatchObject({ code: 'job_superseded' })
    expect(await stateOf(job)).toBe('running')
  })

  it('of a process of this machine that is dead is taken over at once', async () => {
    const job = await ask(await connect())
    // A process id that no process has: the largest there can be.
    const dead = newLeaseOwner()
      .split('/')
      .with(3, String(2 ** 22))
      .join('/')
    await leaseNextJob(db, { owner: dead })
    expect(await leaseNextJob(db, { owner: 'b' })).toMatchObject({ id: job.id, attempts: 2 })
  })
})

describe('a worker', () => {
  it('runs what is asked for, and no connection twice at once though four share twenty', async () => {
    const connections = await Promise.all(Array.from({ length: 20 }, connect))
    const active = new Map<string, number>()
    const overlaps: string[] = []
    const run: Run = async (job, { lease }) => {
      const now = (active.get(job.connection_id) ?? 0) + 1
      active.set(job.connection_id, now)
      if (now > 1) overlaps.push(job.connection_id)
      await db.query('select pg_sleep(0.005)')
      active.set(job.connection_id, now - 1)
      await complete(lease)
    }
    for (let each = 0; each < 4; each++) work(run, { capacity: 2 })
    await Promise.all(connections.map(ask))
    await soon(async () => {
      const left = await db.query("select from sync_jobs where state <> 'ended'")
      expect(left).toEqual([])
    })
    expect(overlaps).toEqual([])
    expect(await db.query('select from sync_jobs where attempts <> 1')).toEqual([])
  })

  it('that is stopped hands its job back, and another goes on at once', async () => {
    const job = await ask(await connect())
    let begun = () => {}
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve
    })
    const first = work(async (_, { signal }) => {
      begun()
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await hasBegun
    await first.stop()
    expect(await stateOf(job)).toBe('interrupted')
    work((_, { lease }) => complete(lease))
    await soon(async () => expect(await stateOf(job)).toBe('ended'))
  })

  it('that is told to stop while it leases a job gives it back unbegun', async () => {
    const job = await ask(await connect())
    let isBegun = false
    const stopping = { query: db.query.bind(db), transaction: db.transaction.bind(db) } as Db
    stopping.query = async (sql, params) => {
      const rows = await db.query(sql, params)
      // Between the answer of the database and what the worker makes of it.
      if (sql.includes('attempts = attempts + 1')) void worker.stop()
      return rows as never
    }
    const options = { clock: systemClock, log: silentLog, capacity: 4, owner: newLeaseOwner(), changesDays: 90 }
    const worker = new Worker({
      ...options,
      db: stopping,
      run: async () => {
        isBegun = true
      },
    })
    workers.push(worker)
    worker.start()
    await soon(async () => expect(await findJob(db, job.id)).toMatchObject({ state: 'queued', attempts: 0 }))
    await worker.stop()
    expect(isBegun).toBe(false)
  })

  it('gives a job back as it found it: what had failed before it began has failed still', async () => {
    const job = await ask(await connect())
    const first = { jobId: job.id, owner: 'a' }
    const error = { code: 'job_interrupted', message: 'The worker was stopped.' } as const
    await leaseNextJob(db, first)
    await underLease(db, first, (tx) =>
      markJob(tx, job.id, { state: 'interrupted', outcome: 'failed', seconds: 0, at, error, retryInMs: 0 }),
    )
    await leaseNextJob(db, { owner: 'b' })
    await releaseLease(db, { jobId: job.id, owner: 'b' })
    expect(await findJob(db, job.id)).toMatchObject({ state: 'interrupted', outcome: 'failed', attempts: 1 })
  })

  it('puts off what may mend itself, and leaves alone what a person has to mend', async () => {
    const [down, refused] = [await ask(await connect()), await ask(await connect())]
    work(async (job) => {
      if (job.id === down.id) throw new AppError('okta_unreachable', 'Okta does not answer.')
      throw new AppError('okta_token_rejected', 'Okta refuses the token.')
    })
    await soon(async () => {
      const rows = await db.query("select from sync_jobs where state = 'interrupted'")
      expect(rows).toHaveLength(2)
    })
    const [later] = await db.query<{ secs: number }>(
      'select extract(epoch from run_after - now())::float8 as secs from sync_jobs where id = $1',
      [down.id],
    )
    expect(later?.secs).toBeGreaterThan(50)
    expect(later?.secs).toBeLessThan(61)
    expect(await findJob(db, refused.id)).toMatchObject({ run_after: null })
    expect(await ask(refused.connection_id)).toMatchObject({ id: refused.id, run_after: expect.any(String) })
  })

  it('keeps tokens alive beside the jobs, and neither their failure nor their slowness holds a job up', async () => {
    const job = await ask(await connect())
    const looks: AbortSignal[] = []
    const worker = new Worker({
      ...{ db, clock: systemClock, log: silentLog, capacity: 1, owner: newLeaseOwner(), changesDays: 90 },
      run: (_, { lease }) => complete(lease),
      keepTokensAlive: (stop) => {
        looks.push(stop)
        return new Promise((_, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
      },
    })
    workers.push(worker)
    worker.start()
    await soon(async () => expect(await stateOf(job)).toBe('ended'))
    await worker.stop()
    expect(looks.map(({ aborted }) => aborted)).toEqual([true])
  })

  it('ends a job that was canceled before it had begun, for good', async () => {
    const job = await ask(await connect())
    expect(await requestCancel(db, job.id, at)).toMatchObject({ state: 'ended', outcome: 'failed' })
    expect(await leaseNextJob(db, { owner: 'a' })).toBeNull()
  })
})

describe('an event hook', () => {
  it('that wants a round gets it at the next look of a worker', async () => {
    const connectionId = await connect()
    await db.query('update connections set full_sync_at = now() where id = $1', [connectionId])
    const made = await createEventHook(db, { connectionId, eventTypes: [] })
    const event = { id: '1', targets: [{ kind: 'record', stream: 'users', key: '00u1' }] } as const
    await takeDelivery(db, made?.hook.id ?? '', { events: [event], odd: 0 })
    const modes: string[] = []
    work(async (job, { lease }) => {
      modes.push(job.mode)
      await complete(lease)
    })
    await soon(async () => expect(modes).toEqual(['incremental']))
  })
})

describe('the schedule', () => {
  it('makes each due connection’s job once, however many look', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, connect))
    await db.query("update connections set next_sync_at = now() - interval '1 minute' where id <> $1", [ids[0]])
    const made = (await Promise.all([enqueueDue(db, 10), enqueueDue(db, 10)])).flat()
    expect(
      made
        .filter(({ isNew }) => isNew)
        .map(({ job }) => job.connection_id)
        .sort(),
    ).toEqual(ids.slice(1).sort())
    expect(await enqueueDue(db, 10)).toEqual([])
  })

  it('leaves a paused connection alone', async () => {
    const id = await connect()
    await db.query("update connections set state = 'PAUSED', next_sync_at = now() where id = $1", [id])
    expect(await enqueueDue(db, 10)).toEqual([])
  })
})
