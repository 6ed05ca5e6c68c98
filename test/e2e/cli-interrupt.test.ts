import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Sim, startSim } from '../../sim/index.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { expectRefusal, rollcall, startRollcall } from './rollcall.ts'

let sim: Sim
let database: FreshDatabase
let env: Record<string, string>

/** Answers with a delay are held back until the gate opens. */
const gate = promise()
const firstHeld = promise()

beforeAll(async () => {
  const hold = () => {
    firstHeld.resolve()
    return gate.reached
  }
  ;[sim, database] = await Promise.all([
    startSim({ limitScale: 1_000, clock: { now: () => Date.now(), hold } }),
    freshDatabase(),
  ])
  env = {
    DATABASE_URL: database.url,
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: sim.origin,
    OKTA_API_TOKEN: sim.token,
  }
})

afterAll(async () => {
  gate.resolve()
  await sim.close()
  await database.drop()
})

test('two syncs do not run at once; Ctrl-C stops after the pages in flight; the next run resumes', async () => {
  sim.fault({ match: 'GET /api/v1/users/{id}/factors', skip: 20, delayMs: 1 })
  const first = startRollcall(['sync', '--domain', sim.origin, '--json'], env)
  await firstHeld.reached

  const [second, early] = await Promise.all([
    rollcall(['sync', '--domain', sim.origin, '--json'], env),
    rollcall(['export', 'factor'], env),
  ])
  expectRefusal(second, `Another sync of ${sim.origin} is running right now.`)
  expect(JSON.parse(second.stdout).error).toMatchObject({ code: 'sync_already_running' })
  expect(early.stderr).toContain(`factors of ${sim.origin} have not been read completely yet`)
  expect(early.code).toBe(0)

  first.child.kill('SIGINT')
  await first.shown('Stopping after the pages in flight are saved; running it again resumes')
  gate.resolve()
  const stopped = await first.ended
  const stoppedResult = JSON.parse(stopped.stdout)
  expect(stoppedResult).toMatchObject({ outcome: 'failed', error: { code: 'job_interrupted' } })
  expect(stopped.code).toBe(1)

  const third = await rollcall(['sync', '--domain', sim.origin, '--json'], env)
  expect(third.stderr).toContain('Resuming the sync that was stopped before its end: 12 of 13 resources')
  expect(JSON.parse(third.stdout)).toMatchObject({
    job_id: stoppedResult.job_id,
    outcome: 'complete',
    resumed: true,
    resources: { factors: { rows: sim.org.expected().factors } },
  })
  expect(third.code).toBe(0)
})

test('a second Ctrl-C ends it at once', async () => {
  const silent = await startSim({ limitScale: 1_000, faults: [{ match: 'GET /api/v1/users', never: true }] })
  const { child, ended, shown } = startRollcall(['sync', '--domain', silent.origin], {
    ...env,
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: silent.origin,
    OKTA_API_TOKEN: silent.token,
  })
  await shown('groups: complete')
  child.kill('SIGINT')
  await shown('Ctrl-C again stops at once')
  child.kill('SIGINT')
  // Pages in flight would have had three seconds.
  const before = Date.now()
  expect((await ended).code).toBe(130)
  expect(Date.now() - before).toBeLessThan(2_500)
  await silent.close()
})

function promise(): { reached: Promise<void>; resolve: () => void } {
  let resolve = () => {}
  const reached = new Promise<void>((done) => {
    resolve = done
  })
  return { reached, resolve }
}
