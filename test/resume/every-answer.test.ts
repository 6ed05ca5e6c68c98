import { expect, it } from 'vitest'
import { dieAtAnswer, startOver, storeOf, withUndisturbedOrg } from './crash.ts'

const opened = withUndisturbedOrg()

it('a sync killed at any answer of Okta and run again leaves the store of an undisturbed one', async () => {
  const { org, undisturbed } = opened()
  expect(undisturbed.answers).toBeGreaterThan(50)
  for (let answer = 1; answer <= undisturbed.answers; answer++) {
    await startOver(org)
    await dieAtAnswer(org, answer, () => org.sync())
    const resumed = await org.sync()
    expect(resumed.outcome, `resumed from answer ${answer}`).toBe('complete')
    expect(await storeOf(org), `resumed from answer ${answer}`).toEqual(undisturbed.store)
  }
}, 180_000)
