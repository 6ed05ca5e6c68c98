import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AppChanges } from '../../sim/changes/apps.ts'
import { PeopleChanges } from '../../sim/changes/people.ts'
import { PolicyChanges } from '../../sim/changes/policies.ts'
import { history, told } from './history.ts'
import { MUTATIONS } from './mutations.ts'
import { play } from './play.ts'
import { openRandomOrg, type RandomOrg } from './random-org.ts'

/**
 * Histories of an org, made at random. `npm run random-histories -- --histories 5000 --seed 7` plays more of them, or others.
 */
const HISTORIES = Number(process.env.RANDOM_HISTORIES ?? 500)
const SEED = Number(process.env.RANDOM_SEED ?? 20_260_105)

let org: RandomOrg
beforeAll(async () => {
  org = await openRandomOrg()
}, 60_000)
afterAll(() => org.close())

it(`whatever happens to an org, rounds and a full sync end with what it is: ${HISTORIES} histories, seed ${SEED}`, async () => {
  const start = performance.now()
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      await play(org, steps).catch((error: unknown) => {
        throw new Error(`${told(steps)}\n${error instanceof Error ? error.message : String(error)}`, { cause: error })
      })
    }),
    { numRuns: HISTORIES, seed: SEED },
  )
  console.log((performance.now() - start) / HISTORIES)
}, 3_600_000)
