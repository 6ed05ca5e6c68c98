import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestOrg } from '../harness/org.ts'
import { type Crash, emptyStore, openCrashingOrg, storeOf } from './crash.ts'

/**
 * A sync is killed at every commit and at every answer, resumed cold, and must leave the same store as one that nobody
 * disturbed. The connection keeps its id over the truncation, so ids agree.
 */
let org: TestOrg & { crash: Crash }
let undisturbed: Record<string, unknown>
let commits = 0
let answers = 0

beforeAll(async () => {
  org = await openCrashingOrg({ org: 'small', users: 12 })
  await fresh()
  org.sim.resetCounts()
  const result = await org.sync()
  expect(result.outcome).toBe('complete')
  commits = org.crash.commits
  answers = org.sim.counts.total
  undisturbed = await storeOf(org)
})

afterAll(() => org.close())

async function fresh(): Promise<void> {
  org.crash.beforeCommit(null)
  await emptyStore(org)
  await org.db.query(
    "insert into connections (id, vendor, origin, org_id, engine) values ('7b5e8f0e-2f5c-4f0e-9d43-2f1f0a1c6d11', 'OKTA_IDP', $1, '00o1', 'idx')",
    [org.sim.origin],
  )
  org.crash.beforeCommit(null)
}

describe('a sync that is killed and run again', () => {
  it('leaves the store of an undisturbed one, whichever commit was the last', async () => {
    expect(commits).toBeGreaterThan(30)
    for (let commit = 2; commit <= commits; commit++) {
      await fresh()
      org.crash.beforeCommit(commit)
      const killed = await org.sync()
      expect(killed.outcome, `killed before commit ${commit}`).toBe('failed')
      org.crash.beforeCommit(null)
      const resumed = await org.sync()
      expect(resumed.outcome, `resumed after commit ${commit - 1}`).toBe('complete')
      expect(await storeOf(org), `resumed after commit ${commit - 1}`).toEqual(undisturbed)
    }
  }, 120_000)

  it('leaves the store of an undisturbed one, whichever answer was the last', async () => {
    expect(answers).toBeGreaterThan(50)
    for (let answer = 1; answer <= answers; answer++) {
      await fresh()
      let seen = 0
      const watch = org.sim.fault({
        match: /^GET /,
        where: () => {
          if (++seen === answer) org.crash.now()
          return false
        },
        status: 500,
      })
      await org.sync()
      watch.remove()
      org.crash.beforeCommit(null)
      const resumed = await org.sync()
      expect(resumed.outcome, `resumed after answer ${answer}`).toBe('complete')
      expect(await storeOf(org), `resumed after answer ${answer}`).toEqual(undisturbed)
    }
  }, 120_000)
})
