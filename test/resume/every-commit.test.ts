import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestOrg } from '../harness/org.ts'
import { type Crash, openCrashingOrg, startOver, storeOf, syncUndisturbed, type Undisturbed } from './crash.ts'

let org: TestOrg & { crash: Crash }
let undisturbed: Undisturbed

beforeAll(async () => {
  org = await openCrashingOrg({ org: 'small', users: 10, engine: 'v1' })
  undisturbed = await syncUndisturbed(org)
})

afterAll(() => org.close())

it('a sync killed at any commit and run again leaves the store of an undisturbed one', async () => {
  expect(undisturbed.commits).toBeGreaterThan(30)
  for (let commit = 1; commit <= undisturbed.commits; commit++) {
    await startOver(org)
    org.crash.beforeCommit(commit)
    const killed = await org.sync().catch(() => null)
    // Pages that are ready together are committed together, so a run may come to its end in fewer commits.
    if (killed?.outcome === 'complete') expect(org.crash.commits).toBeLessThan(commit)
    org.crash.beforeCommit(null)
    const resumed = await org.sync()
    expect(resumed.outcome, `resumed from commit ${commit}`).toBe('complete')
    expect(await storeOf(org), `resumed from commit ${commit}`).toEqual(undisturbed.store)
  }
}, 180_000)
