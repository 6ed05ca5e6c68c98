import { inspect } from 'node:util'
import { expect, test, vi } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { createApiKey, createFirstApiKey, findApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import { type Db, openDb } from './db.ts'

let url: string
let db: Db

useDatabase('test', (opened, at) => {
  db = opened
  url = at
})

const create = (over: Partial<Parameters<typeof createApiKey>[1]> = {}) =>
  createApiKey(db, { name: 'ci', environment: 'default', access: 'full', ...over })

test('a key lets in whoever shows it, and knows its environment', async () => {
  const { key, record } = await create()
  expect(key).toMatch(/^rck_[\w-]{43}$/)
  expect(record).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    environment_id: '00000000-0000-4000-8000-00000000000e',
    environment: 'default',
    name: 'ci',
    prefix: key.slice(0, 12),
    access: 'full',
    created_at: expect.stringMatching(/Z$/),
    last_used_at: null,
    revoked_at: null,
  })
  expect(await findApiKey(db, key)).toEqual(record)
})

test('a key that only reads is stored as such', async () => {
  const { key } = await create({ access: 'read_only' })
  expect(await findApiKey(db, key)).toMatchObject({ access: 'read_only' })
})

test('neither the key nor what follows its beginning is stored', async () => {
  const { key } = await create()
  const rows = await db.query('select *, digest::text as shown from api_keys')
  const stored = inspect(rows, { depth: 9 })
  expect(stored).toContain(key.slice(0, 12))
  expect(stored).not.toContain(key.slice(12))
  expect(JSON.stringify(await listApiKeys(db))).not.toContain(key.slice(12))
})

test('an environment is made once, however many keys are made for it at the same time', async () => {
  const made = await Promise.all(Array.from({ length: 8 }, () => create({ environment: 'staging' })))
  expect(new Set(made.map(({ record }) => record.environment_id)).size).toBe(1)
  const [row] = await db.query<{ id: string }>("select id from environments where name = 'staging'")
  expect(row?.id).toBe(made[0]?.record.environment_id)
  expect((await listApiKeys(db)).map(({ environment }) => environment)).toEqual(Array(8).fill('staging'))
})

test('a key that nobody was given is not found', async () => {
  await create()
  expect(await findApiKey(db, `rck_${'A'.repeat(43)}`)).toBeNull()
})

test.each(['', 'rck_', 'nope', ' ', `rck_${'A'.repeat(42)}`, `rck_${'A'.repeat(44)}`, `rck_${'A'.repeat(42)}'`])(
  'what cannot be a key is not looked up: %j',
  async (text) => {
    const query = vi.fn()
    expect(await findApiKey({ query }, text)).toBeNull()
    expect(query).not.toHaveBeenCalled()
  },
)

test('a key with a line break behind it is none', async () => {
  const { key } = await create()
  expect(await findApiKey(db, `${key}\n`)).toBeNull()
})

test('a revoked key is not found any more; the others are', async () => {
  const [{ key, record }, other] = [await create(), await create()]
  const revoked = await revokeApiKey(db, record.prefix)
  expect(revoked).toMatchObject({ id: record.id, environment: 'default', revoked_at: expect.stringMatching(/Z$/) })
  expect(await findApiKey(db, key)).toBeNull()
  expect(await findApiKey(db, other.key)).toMatchObject({ id: other.record.id })
  expect((await listApiKeys(db)).map((each) => each.revoked_at)).toEqual([revoked.revoked_at, null])
})

test('a key is revoked by its id, in any case, and by its text; a second time changes nothing', async () => {
  const { key, record } = await create()
  const first = await revokeApiKey(db, record.id.toUpperCase())
  await db.query("update api_keys set revoked_at = revoked_at - interval '1 day'")
  const again = await revokeApiKey(db, key)
  expect(again.id).toBe(record.id)
  expect(Date.parse(again.revoked_at ?? '')).toBe(Date.parse(first.revoked_at ?? '') - 86_400_000)
})

test.each(['', 'ci', 'rck_', '00000000-0000-4000-8000-000000000000', `rck_${'A'.repeat(43)}`])(
  'there is no key %j to revoke, and the answer does not repeat it',
  async (text) => {
    await create()
    await expect(revokeApiKey(db, text)).rejects.toMatchObject({
      code: 'api_key_not_found',
      message: 'There is no API key of this id or beginning.',
    })
    expect(await listApiKeys(db)).toMatchObject([{ revoked_at: null }])
  },
)

test('of several keys that begin alike none is revoked', async () => {
  const { record } = await create()
  await create()
  await db.query('update api_keys set prefix = $1', [record.prefix])
  await expect(revokeApiKey(db, record.prefix)).rejects.toMatchObject({ code: 'api_key_not_found' })
  expect(await revokeApiKey(db, record.id)).toMatchObject({ id: record.id })
})

test('the use of a key is written down once a minute', async () => {
  const { key } = await create()
  const usedAt = async () => (await listApiKeys(db))[0]?.last_used_at ?? null
  expect(await usedAt()).toBeNull()
  await findApiKey(db, key)
  const first = await usedAt()
  expect(first).not.toBeNull()

  const query = vi.spyOn(db, 'query')
  await Promise.all(Array.from({ length: 5 }, () => findApiKey(db, key)))
  expect(query.mock.calls.filter(([sql]) => sql.startsWith('update'))).toEqual([])
  query.mockRestore()
  expect(await usedAt()).toBe(first)

  await db.query("update api_keys set last_used_at = last_used_at - interval '61 seconds'")
  await findApiKey(db, key)
  expect(Date.parse((await usedAt()) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? ''))
})

test('processes that start at once make exactly one first key, and it has full access', async () => {
  const second = await openDb(url)
  try {
    const made = await Promise.all([db, second, db, second].map((each) => createFirstApiKey(each)))
    const keys = made.filter((key) => key !== null)
    expect(keys).toHaveLength(1)
    expect(await findApiKey(db, keys[0] ?? '')).toMatchObject({ environment: 'default', access: 'full' })
    expect(await listApiKeys(db)).toHaveLength(1)
    expect(await db.query('select actor_type, action, object_type from audit_log')).toEqual([
      { actor_type: 'command_line', action: 'api_key.created', object_type: 'api_key' },
    ])
  } finally {
    await second.close()
  }
})

test('keys of other environments, such as that of the demo, are no first key', async () => {
  await create({ environment: 'demo' })
  expect(await createFirstApiKey(db)).not.toBeNull()
})

test('there is no other first key once there has been one, revoked or not', async () => {
  const { record } = await create()
  expect(await createFirstApiKey(db)).toBeNull()
  await revokeApiKey(db, record.id)
  expect(await createFirstApiKey(db)).toBeNull()
})
