import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '../../src/store/connections.ts'
import { enqueueDue, leaseNextJob } from '../../src/store/job-queue.ts'
import { openJob } from '../../src/sync/open-job.ts'
import { DEFAULT_SETTINGS } from '../../src/sync/settings.ts'
import { openWatched, type Watched } from '../field-reports/watched.ts'

/** A scheduled round as a worker runs it: with what it asks of the org before the round itself. */

let watched: Watched
beforeAll(async () => {
  watched = await openWatched({ users: 40 })
  await watched.sync('connect')
})
afterAll(() => watched.api.close())

test('of an org in which nothing has changed costs six requests at most, all told', async () => {
  const { org } = watched.api
  await org.db.query('update connections set next_sync_at = now()')
  const job = await watched.lease('schedule')
  await org.db.query("update sync_jobs set mode = 'incremental' where id = $1", [job.id])
  org.sim.resetCounts()
  await watched.work({ ...job, mode: 'incremental' })
  const [ended] = await org.db.query('select mode, state, outcome from sync_jobs where id = $1', [job.id])
  expect(ended).toEqual({ mode: 'incremental', state: 'ended', outcome: 'complete' })
  expect(org.sim.counts.total).toBeLessThanOrEqual(6)
})

test('two workers never poll one connection at once, however often it is due', async () => {
  const { db } = watched.api.org
  const due = () => db.query("update connections set next_sync_at = now() - interval '1 second'")
  await due()
  const queued = await Promise.all([enqueueDue(db, 10), enqueueDue(db, 10), enqueueDue(db, 10)])
  expect(queued.flat().map(({ job }) => job.mode)).toEqual(['incremental'])
  const leased = await Promise.all(['one', 'two', 'three'].map((owner) => leaseNextJob(db, { owner })))
  const [job, ...others] = leased.filter((one) => one !== null)
  expect(others).toEqual([])
  await due()
  expect((await enqueueDue(db, 10)).map((again) => [again.isNew, again.job.id])).toEqual([[false, job?.id]])
  expect(await leaseNextJob(db, { owner: 'four' })).toBeNull()
  // By hand, beside the worker.
  const connection = await getConnection(db, watched.id)
  if (!connection) throw new Error('the connection is gone')
  const { clock } = watched.api.org
  const byHand = { db, clock, connection, settings: DEFAULT_SETTINGS, mode: 'incremental', streams: [] } as const
  await expect(openJob(byHand, 'five')).rejects.toMatchObject({ code: 'sync_already_running' })
})
