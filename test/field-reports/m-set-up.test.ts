import { afterAll, beforeAll, expect, it } from 'vitest'
import { createApp } from '../../src/api/app.ts'
import { ENDPOINTS } from '../../src/api/routes/index.ts'
import { createFirstApiKey } from '../../src/store/api-keys.ts'
import { openProvisioned, type Provisioned } from '../api/provisioned.ts'

/** A fresh server belongs to whoever started it, not to whoever reaches it first. */

let api: Provisioned

beforeAll(async () => {
  api = await openProvisioned()
})
afterAll(() => api.close())

it('B156: a fresh install has no set-up over the network: without a key nothing that writes is answered', async () => {
  await api.org.db.query('truncate api_keys cascade')
  const app = await createApp(api.services)
  try {
    const closed = ENDPOINTS.filter(({ access }) => access !== 'open')
    expect(closed.length).toBeGreaterThanOrEqual(50)
    for (const { method, path } of closed) {
      const url = path.replace(/\{\w+\}/g, '00000000-0000-4000-8000-000000000001')
      const { statusCode } = await app.inject({ method: method.toUpperCase() as 'GET', url })
      expect([method, path, statusCode]).toEqual([method, path, 401])
    }
    expect(ENDPOINTS.filter(({ access, writes }) => access === 'open' && writes)).toEqual([])
  } finally {
    await app.close()
  }
})

it('B156, and the first key is made once, where the server was started', async () => {
  await api.org.db.query('truncate api_keys cascade')
  const made = await Promise.all([createFirstApiKey(api.org.db), createFirstApiKey(api.org.db)])
  expect(made.filter((key) => key !== null)).toHaveLength(1)
  expect(await createFirstApiKey(api.org.db)).toBeNull()
})
