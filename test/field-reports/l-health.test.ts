import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'

/** The health of a connection, as the API shows it. */

let api: Provisioned

beforeAll(async () => {
  api = await openProvisioned()
})
afterEach(() => api.org.sim.clearFaults())
afterAll(() => api.close())

describe('one permission that is missing', () => {
  it('B153: names the refused resources and hides none of those that are fine', async () => {
    api.org.sim.fault('roles-forbidden')
    const { connection_id: connectionId } = await api.org.sync()
    const organization = await api.organization()
    await api.org.db.query('update connections set organization_id = $2 where id = $1', [
      connectionId,
      organization.split('/').at(-1),
    ])
    const { body } = await api.call('GET', `${organization}/connections/${connectionId}`)
    const health = body.health as { resources: { resource: string; outcome: string; remedy: string | null }[] }
    expect(health).toMatchObject({ name: 'UNAUTHORIZED', resolution_owner: 'CUSTOMER' })
    const outcomes = Object.fromEntries(health.resources.map(({ resource, outcome }) => [resource, outcome]))
    expect(outcomes).toMatchObject({ users: 'complete', groups: 'complete', user_roles: 'not_permitted' })
    expect(health.resources.find(({ resource }) => resource === 'user_roles')?.remedy).toMatch(/\w/)
  })
})
