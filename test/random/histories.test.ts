import { writeSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mutators } from '../harness/mutators.ts'
import { HARD_HISTORIES } from './hard-histories.ts'
import { history, told } from './history.ts'
import { MUTATIONS } from './mutations.ts'
import { play } from './play.ts'
import { openRandomOrg, type RandomOrg } from './random-org.ts'

/**
 * Histories of an org, made at random: a few in the suite, 500 in CI, and as many as one likes, of any seed, by
 * `npm run random-histories -- --histories 5000 --seed 7`.
 */
const HISTORIES = Number(process.env.RANDOM_HISTORIES ?? 30)
const SEED = Number(process.env.RANDOM_SEED ?? 20_260_105)
const PATH = process.env.RANDOM_PATH ?? ''
/** A history takes a fifth of a second, on a busy machine more than one. */
const MOST_MS = 60_000 + HISTORIES * 10_000
/** Histories between two lines of progress. */
const LINE = 100

/** To standard error at once, while the test still runs. */
const tell = (counts: object) => writeSync(2, `${JSON.stringify(counts)}\n`)

let org: RandomOrg
beforeAll(async () => {
  org = await openRandomOrg()
}, 60_000)
afterAll(() => org.close())

it('a history may have every change in it that the simulated org knows', () => {
  expect([...new Set(Object.values(MUTATIONS).map(({ mutator }) => mutator))].sort()).toEqual(mutators())
})

it.each(HARD_HISTORIES.map(({ name, steps }) => [name, steps] as const))('%s', (_, steps) =>
  play(org, steps).then(() => undefined),
)

it(
  `whatever happens to an org, rounds and a full sync end with what it is: ${HISTORIES} histories, seed ${SEED}`,
  async () => {
    const counts = { histories: 0, made: 0, skipped: 0 }
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const { made, skipped } = await play(org, steps).catch((error: unknown) => {
          throw new Error(`${told(steps)}\n${error instanceof Error ? error.message : String(error)}`, { cause: error })
        })
        counts.histories++
        counts.made += made
        counts.skipped += skipped
        if (process.env.RANDOM_PROGRESS && counts.histories % LINE === 0) tell(counts)
      }),
      { numRuns: HISTORIES, seed: SEED, ...(PATH && { path: PATH }) },
    )
    // Most changes find something to be made to, or the histories are about nothing.
    if (HISTORIES >= LINE && !PATH) expect(counts.made).toBeGreaterThan(3 * counts.skipped)
  },
  MOST_MS,
)
