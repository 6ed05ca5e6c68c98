import { expect, it } from 'vitest'
import { startOver, storeOf, withUndisturbedOrg } from './crash.ts'

const opened = withUndisturbedOrg()

it('a sync killed at any commit and run again leaves the store of an undisturbed one', async () => {
  const { org, undisturbed } = opened()
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
