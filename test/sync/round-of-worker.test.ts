import { afterAll, beforeAll, expect, test } from 'vitest'
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
