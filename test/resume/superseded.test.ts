import { afterAll, beforeAll, expect, test } from 'vitest'
import { leaseNextJob, requestCancel } from '../../src/store/job-queue.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

/** Who has lost the job writes nothing more, and a job that nobody wants stops at a page boundary. */

let org: TestOrg
beforeAll(async () => {
  org = await openTestOrg({ users: 40 })
})
afterAll(() => org.close())

const rows = async () => (await org.db.query<{ rows: number }>('select count(*) as rows from users'))[0]?.rows

test('a run whose job another has taken over writes nothing from then on, and leaves the job to that other', async () => {
  let taken: Promise<unknown> | null = null
  let before: number | undefined
  const result = await org.sync({
    streams: ['users'],
    pageSizes: { users: 5 },
    onProgress: ({ steps }) => {
      if (taken || (steps[0]?.pages ?? 0) < 2) return
      taken = org.db
        .query("update sync_jobs set lease_owner = 'another', lease_until = now() + interval '1 minute'")
        .then(async () => {
          before = await rows()
        })
    },
  })
  await taken
  expect(result).toMatchObject({ outcome: 'failed', error: { code: 'job_superseded' } })
  // A commit that held the row when it was taken may still have been counted.
  expect((await rows()) ?? 0).toBeLessThanOrEqual((before ?? 0) + 5)
  expect(await rows()).toBeLessThan(40)
  const [job] = await org.db.query('select state, lease_owner, error_code from sync_jobs')
  expect(job).toEqual({ state: 'running', lease_owner: 'another', error_code: null })
})

test('a canceled job stops before its end, and is over: the next sync is another', async () => {
  await org.db.query('delete from sync_jobs')
  let canceled: Promise<unknown> | null = null
  const first = await org.sync({
    fresh: true,
    pageSizes: { users: 5, groups: 2 },
    onProgress: ({ jobId }) => {
      canceled ??= requestCancel(org.db, jobId, new Date(org.clock.now()).toISOString()).then(() =>
        // The next heartbeat learns of it.
        org.clock.advance(3_000),
      )
    },
  })
  await canceled
  expect(first).toMatchObject({ outcome: 'failed', error: { code: 'job_canceled' } })
  const [job] = await org.db.query('select state, error_code from sync_jobs')
  expect(job).toEqual({ state: 'ended', error_code: 'job_canceled' })
  expect(await leaseNextJob(org.db, { owner: 'a worker' })).toBeNull()
  const second = await org.sync()
  expect(second).toMatchObject({ outcome: 'complete', resumed: false })
  expect(second.job_id).not.toBe(first.job_id)
})
