import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault } from '../../sim/index.ts'
import { truthOfUsers, vendorIdsOfUsers } from '../e2e/server.ts'
import { eventually } from '../harness/eventually.ts'
import { expectAccessible, useStage } from './stage.ts'
import { alertOn, at, connectionOf, makeGate, press, resourcesOn, says, type Visit, visitCheck } from './walk.ts'

const gate = makeGate()
const stage = useStage({ users: 12, clock: gate.clock })

const HALFWAY = { Users: 'Ready', Groups: 'Ready', 'MFA factors': expect.stringMatching(/^Reading/) }

/** A first sync that stands still: the factors are not answered until the gate opens; then in this way. */
async function visitHeldSync(answer: Pick<Fault, 'status'> = {}): Promise<Visit> {
  const visit = await visitCheck(stage, { title: 'The token can read everything' })
  await says(visit.page, /About \d+ requests; finishes in about /)
  gate.shut()
  stage.sim.fault({ match: 'GET /api/v1/users/{id}/factors', delayMs: 1, ...answer })
  await press(visit.page, 'Connect')
  await eventually(async () => expect(await resourcesOn(visit.page)).toMatchObject(HALFWAY), { timeout: 20_000 })
  return visit
}

describe('the first sync on the page', () => {
  let held: Visit
  beforeAll(async () => {
    held = await visitHeldSync()
  })
  afterAll(() => stage.sim.clearFaults())

  it('goes on without the page: who comes back finds it where it is', async () => {
    const { page } = held
    await page.reload()
    await at(page, 'Connected: the sync is running')
    await expect.poll(() => resourcesOn(page)).toMatchObject(HALFWAY)
    await says(page, /^\d+ of about \d+ requests$/)
  })

  it('outlasts the line to the server: the page says that it is lost, keeps what it showed, and goes on', async () => {
    const { page, organization } = held
    await stage.kill()
    await says(page, 'Connection to the server lost; trying again.')
    expect(await resourcesOn(page)).toMatchObject(HALFWAY)
    await at(page, 'Connected: the sync is running')
    await expectAccessible(page)

    gate.open()
    await stage.revive()
    await at(page, 'Connected, and everything is read')
    expect(await page.getByText('Connection to the server lost').count()).toBe(0)
    expect(new Set(Object.values(await resourcesOn(page)))).toEqual(new Set(['Ready']))
    const { id } = await connectionOf(stage, organization)
    expect(await vendorIdsOfUsers(stage.url, stage.key, id)).toEqual(truthOfUsers(stage.sim))
  })
})

describe('a first sync whose token is revoked', () => {
  afterEach(() => {
    gate.open()
    stage.sim.clearFaults()
  })

  it('B149: after the check has failed, in words, and is nowhere green', async () => {
    const { page, organization } = await visitCheck(stage, { title: 'The token can read everything' })
    stage.sim.fault('token-invalid')
    await press(page, 'Connect')
    await at(page, 'Connected, but the sync failed')
    await says(page, `${new URL(stage.sim.origin).host} is connected.`)
    expect(await alertOn(page)).toMatch(
      /Okta no longer accepts the token\. Create a new one, and ask whoever sent the link for another to enter it with\./,
    )
    expect(new Set(Object.values(await resourcesOn(page)))).toEqual(new Set(['Not finished', 'Not read']))
    await expectAccessible(page)
    const { health } = await connectionOf(stage, organization)
    expect(health).toMatchObject({ status: 'UNHEALTHY', resolution_owner: 'CUSTOMER' })
  })

  it('B149, and midway has failed as well, and what was read until then is kept', async () => {
    const { page, organization } = await visitHeldSync({ status: 401 })
    stage.sim.fault('token-invalid')
    gate.open()
    await at(page, 'Connected, but the sync failed')
    expect(await alertOn(page)).toContain('Okta no longer accepts the token.')
    expect(await resourcesOn(page)).toMatchObject({ Users: 'Ready', 'MFA factors': 'Not finished' })
    const { health } = await connectionOf(stage, organization)
    expect(health).toMatchObject({ status: 'UNHEALTHY', resolution_owner: 'CUSTOMER' })
  })
})
