import type { Page } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { expectAccessible, useStage } from './stage.ts'
import {
  alertOn,
  at,
  connectionOf,
  connectionsOf,
  press,
  pressable,
  resourcesOn,
  says,
  scopesOn,
  visitCheck,
} from './walk.ts'

/** The check of a token, before anything is stored: what it must not let through, and what it shows. */

const stage = useStage({ users: 12 })
afterEach(() => stage.sim.clearFaults())

/** It says why, and there is no way on but another token or another try. */
async function expectUnusable(page: Page, sentence: RegExp): Promise<void> {
  expect(await alertOn(page)).toMatch(sentence)
  for (const button of ['Connect', 'Connect with gaps']) expect(await pressable(page, button)).toBe(0)
  expect(await pressable(page, 'Enter another token')).toBe(1)
  expect(await pressable(page, 'Check again')).toBe(1)
}

describe('a token that is worth nothing', () => {
  it('B140: lists nobody: that is suspicious, and cannot be connected; the admin is told to assign a role', async () => {
    stage.sim.fault('no-admin-role')
    const { page, organization } = await visitCheck(stage, { title: 'This token cannot be used' })
    await expectUnusable(page, /Nothing can be read with this token.*Assign an admin role/s)
    expect((await scopesOn(page)).Users).toBe('Suspicious')
    await says(page, 'The list of users came back empty, although an org always has one.')
    await expectAccessible(page)
    expect(await connectionsOf(stage, organization)).toEqual([])
  })

  it('B140, and it is of no use though everything else answers', async () => {
    stage.sim.fault({ match: 'GET /api/v1/users', status: 200, body: [] })
    const { page } = await visitCheck(stage, { title: 'This token cannot be used' })
    await expectUnusable(page, /Assign an admin role/)
    expect(await scopesOn(page)).toMatchObject({ Users: 'Suspicious', Groups: 'Readable', Policies: 'Readable' })
  })

  it('B141: is refused at the form, with what to look at, and nothing is stored', async () => {
    const token = `00${'wrong'.repeat(8)}`
    const { page, organization } = await visitCheck(stage, { title: 'This token cannot be used', token })
    await expectUnusable(page, /Okta does not accept this token\. Check that you pasted all of it/)
    await expectAccessible(page)
    expect(await connectionsOf(stage, organization)).toEqual([])
  })

  it('B141, and so is one that is used from a network it is not for', async () => {
    stage.sim.fault('token-outside-network')
    const { page, organization } = await visitCheck(stage, { title: 'This token cannot be used' })
    await expectUnusable(page, /Nothing can be read with this token/)
    await says(page, /allowed networks/)
    expect(await connectionsOf(stage, organization)).toEqual([])
  })
})

describe('a token that may read a part', () => {
  it('B145: of a Read-Only Admin shows what is refused and what to add, and is connected knowingly', async () => {
    const token = stage.sim.addToken({ name: 'read-only', permissions: 'read_only' })
    stage.sim.fault({
      match: 'GET /api/v1/policies',
      where: ({ query }) => query.get('type') === 'ENTITY_RISK',
      status: 403,
    })
    const { page, organization } = await visitCheck(stage, { title: 'The token can read most of it', token })
    expect(await scopesOn(page)).toEqual({
      Users: 'Readable',
      Groups: 'Readable',
      Applications: 'Readable',
      'System Log': 'Readable',
      'Admin roles': 'Not permitted',
      Policies: 'Partly readable',
    })
    await says(page, 'List User Roles')
    await says(page, 'List Policies (ENTITY_RISK)')
    await says(page, /Add a custom admin role with the permission 'View roles, resources, and admin assignments'/)
    await says(page, 'You can connect with gaps')
    await says(page, /^Admin roles of users, admin roles of groups and some policies will be missing\./)
    await expectAccessible(page)
    expect(await pressable(page, 'Connect')).toBe(0)

    await press(page, 'Connect with gaps')
    await at(page, 'Connected, with gaps')
    await says(page, 'Not everything could be read')
    await says(page, /^Admin roles of users, admin roles of groups, policies, .+: Give the token's owner a role/)
    expect(await resourcesOn(page)).toMatchObject({
      Users: 'Ready',
      'Admin roles of users': 'Not permitted',
      'Admin roles of groups': 'Not permitted',
      Policies: 'Partly read',
    })
    await expectAccessible(page)
    expect((await connectionOf(stage, organization)).state).toBe('ACTIVE')
  })

  it('B145, and what was refused is asked again without a new token, once its owner may read it', async () => {
    const fault = stage.sim.fault('roles-forbidden')
    const { page } = await visitCheck(stage, { title: 'The token can read most of it' })
    expect((await scopesOn(page))['Admin roles']).toBe('Not permitted')
    fault.remove()
    await press(page, 'Check again')
    await at(page, 'The token can read everything')
    expect((await scopesOn(page))['Admin roles']).toBe('Readable')
    expect(await pressable(page, 'Connect')).toBe(1)
  })

  it('B145, and a policy type that the org does not have is no gap', async () => {
    stage.sim.fault('classic-policy-400')
    const { page } = await visitCheck(stage, { title: 'The token can read everything' })
    expect((await scopesOn(page)).Policies).toBe('Readable')
    await page.getByRole('list', { name: 'What the token can read' }).getByText('okta.policies.read').click()
    await says(page, 'Not available')
    await says(page, /Nothing has to be done\./)
    await press(page, 'Connect')
    await at(page, 'Connected, and everything is read')
  })
})
