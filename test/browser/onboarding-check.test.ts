import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startSim } from '../../sim/index.ts'
import { truthOfUsers, vendorIdsOfUsers } from '../e2e/server.ts'
import { expectAccessible, useStage } from './stage.ts'
import {
  alertOn,
  at,
  connectionOf,
  connectionsOf,
  enterDomain,
  enterToken,
  makeGate,
  openInvite,
  press,
  pressable,
  resourcesOn,
  says,
  scopesOn,
  tokenField,
  visitCheck,
  visitTokenStep,
} from './walk.ts'

/** Orgs beside the usual one: of the other engine, and with nobody in it but its owner. */
const classic = await startSim({ users: 12, engine: 'v1', limitScale: 1_000 })
const lonely = await startSim({ users: 1, limitScale: 1_000 })
const gate = makeGate()
const stage = useStage({ users: 12, clock: gate.clock, alsoAllowed: [classic.origin, lonely.origin] })

afterEach(() => {
  gate.open()
  stage.sim.clearFaults()
})
afterAll(async () => {
  for (const { token } of [classic, lonely]) expect(stage.printed()).not.toContain(token)
  await Promise.all([classic.close(), lonely.close()])
})

describe('the check', () => {
  it('shows each answer as it comes, and can be connected when all are there', async () => {
    gate.shut()
    stage.sim.fault({ match: 'GET /api/v1/logs', delayMs: 1 })
    const { page } = await visitTokenStep(stage)
    await enterToken(page, stage.sim.token)
    await at(page, 'Checking the token')
    const others = { Users: 'Checking', Groups: 'Checking', Applications: 'Checking', 'System Log': 'Waiting' }
    await expect.poll(() => scopesOn(page)).toMatchObject(others)
    expect(await pressable(page, 'Connect')).toBe(0)
    await expectAccessible(page)
    gate.open()
    await at(page, 'The token can read everything')
    expect((await scopesOn(page))['System Log']).toBe('Readable')
    expect(await pressable(page, 'Connect')).toBe(1)
  })

  it('of a wrong token leads back to its field, and the right one is taken', async () => {
    const { page, organization } = await visitCheck(stage, {
      title: 'This token cannot be used',
      token: `00${'x1'.repeat(20)}`,
    })
    await says(page, /^Okta does not accept this token\./)
    await press(page, 'Enter another token')
    await at(page, 'Create an API token in Okta')
    expect(await tokenField(page).inputValue()).toBe('')
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    expect(await connectionsOf(stage, organization)).toEqual([])
  })

  it('names a scope that is missing, what will be missing with it, and what to do', async () => {
    stage.sim.fault('logs-forbidden')
    const { page } = await visitCheck(stage, { title: 'The token can read most of it' })
    expect(await scopesOn(page)).toMatchObject({ 'System Log': 'Not permitted', Users: 'Readable' })
    await says(page, 'Get System Log Events')
    await says(page, /Give the token's owner a role that may read this \(okta\.logs\.read\)/)
    await says(page, /^Log events will be missing\./)
    await press(page, 'Connect with gaps')
    await at(page, 'Connected, with gaps')
    expect(await resourcesOn(page)).toMatchObject({ 'Log events': 'Not permitted', Users: 'Ready' })
    await says(page, /^Log events: Give the token's owner a role that may read this, or/)
  })

  it('that meets the rate limit says that the token is valid; a minute later the rest is seen', async () => {
    stage.sim.fault({ match: /^GET \/api\/v1\/(?!users\/me|org)/, status: 429 })
    const { page } = await visitTokenStep(stage)
    await enterToken(page, stage.sim.token)
    await says(page, 'Okta is busy with other requests')
    await says(
      page,
      /^The token is valid, but the rate limits of your org are used up for now\. Check again in a minute/,
    )
    expect((await scopesOn(page)).Groups).toBe('Rate limited')
    expect(await page.getByText('What to do').count()).toBe(0)
    await expectAccessible(page)
    stage.sim.clearFaults()
    await press(page, 'Check again')
    await at(page, 'The token can read everything')
    expect(await page.getByText('Okta is busy with other requests').count()).toBe(0)
  })

  it('of a feature that is off is no error: nothing is missing', async () => {
    stage.sim.fault('policy-type-401')
    const { page } = await visitCheck(stage, { title: 'The token can read everything' })
    expect((await scopesOn(page)).Policies).toBe('Readable')
    expect(await page.getByText('You can connect with gaps').count()).toBe(0)
    expect(await pressable(page, 'Connect')).toBe(1)
  })

  it('that Okta does not answer says so, and can be made again', async () => {
    const { page } = await visitTokenStep(stage)
    stage.sim.fault('unavailable-503-always')
    await enterToken(page, stage.sim.token)
    expect(await alertOn(page)).toMatch(/Okta is not available right now\. See status\.okta\.com/)
    expect(await pressable(page, 'Connect')).toBe(0)
    stage.sim.clearFaults()
    await press(page, 'Check again')
    await at(page, 'The token can read everything')
  })
})

describe('an org', () => {
  it('of the Classic Engine is told as one, and everything that it has is read', async () => {
    const { page, organization } = await openInvite(stage)
    await enterDomain(page, classic.origin)
    await says(page, 'Okta Classic Engine org found')
    await enterToken(page, classic.token)
    await at(page, 'The token can read everything')
    await press(page, 'Connect')
    await at(page, 'Connected, and everything is read')
    const { id } = await connectionOf(stage, organization)
    expect(await vendorIdsOfUsers(stage.url, stage.key, id)).toEqual(truthOfUsers(classic))
  })

  it('with nobody in it but its owner is connected like any other', async () => {
    const { page, organization } = await visitCheck(stage, {
      title: 'The token can read everything',
      origin: lonely.origin,
      token: lonely.token,
    })
    await says(page, /reads 1 user, /)
    await press(page, 'Connect')
    await at(page, 'Connected, and everything is read')
    const { id } = await connectionOf(stage, organization)
    expect(await vendorIdsOfUsers(stage.url, stage.key, id)).toEqual(truthOfUsers(lonely))
    expect(truthOfUsers(lonely)).toHaveLength(1)
  })
})
