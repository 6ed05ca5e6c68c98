import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { newId } from '../ids.ts'
import { createSealer, encryptionKeyId, keyIdOf, type Sealer } from '../seal.ts'
import {
  countCredentialsByKey,
  deleteCredentials,
  hasCredentials,
  readCredentials,
  resealCredentials,
  saveCredentials,
} from './credentials.ts'
import { type Db, openDb, type Queryable } from './db.ts'

const TOKEN = '00CANARYcanaryCANARYcanaryCANARYcanary0000'
const [oldKey, newKey] = [randomBytes(32), randomBytes(32)]
const [oldId, newKeyId] = [encryptionKeyId(oldKey), encryptionKeyId(newKey)]
const oldSealer = createSealer(() => [oldKey])
const bothSealer = createSealer(() => [newKey, oldKey])
const newSealer = createSealer(() => [newKey])

let url: string
let db: Db

useDatabase('test', (opened, at) => {
  db = opened
  url = at
})

async function addConnections(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId).sort()
  await db.query(
    "insert into connections (id, vendor, origin) select id, 'OKTA_IDP', 'https://acme.okta.com' from unnest($1::uuid[]) as id",
    [ids],
  )
  return ids
}

async function addConnection(sealer: Sealer = oldSealer, token = TOKEN): Promise<string> {
  const [id = ''] = await addConnections(1)
  await save(id, sealer, token)
  return id
}

const save = (id: string, sealer: Sealer, token: string) =>
  db.transaction((tx) => saveCredentials(tx, sealer, id, { token }))

test('what is saved is read, and saved again it is replaced', async () => {
  const id = await addConnection()
  expect(await readCredentials(db, oldSealer, id)).toEqual({ token: TOKEN })
  await save(id, newSealer, 'another')
  expect(await readCredentials(db, newSealer, id)).toEqual({ token: 'another' })
  expect(await countCredentialsByKey(db)).toEqual(new Map([[newKeyId, 1]]))
})

test('only the token is kept of what is given', async () => {
  const [id = ''] = await addConnections(1)
  const more = { token: TOKEN, password: 'hunter2' }
  await db.transaction((tx) => saveCredentials(tx, oldSealer, id, more))
  expect(await readCredentials(db, oldSealer, id)).toEqual({ token: TOKEN })
})

test('the token is not in the database', async () => {
  const id = await addConnection()
  const rows = await db.query('select * from connection_credentials')
  expect(rows).toMatchObject([{ connection_id: id, key_id: oldId }])
  expect(inspect(rows)).not.toContain(TOKEN)
})

test('a connection without credentials says so', async () => {
  const [id = ''] = await addConnections(1)
  expect(await hasCredentials(db, id)).toBe(false)
  await expect(readCredentials(db, oldSealer, id)).rejects.toMatchObject({
    code: 'credentials_missing',
    details: { connection_id: id },
  })
})

test('credentials go when they are deleted', async () => {
  const [id, other] = [await addConnection(), await addConnection()]
  expect(await hasCredentials(db, id)).toBe(true)
  await deleteCredentials(db, [id])
  expect([await hasCredentials(db, id), await hasCredentials(db, other)]).toEqual([false, true])
})

test('credentials that were moved to another connection are refused', async () => {
  const [from, to] = [await addConnection(), await addConnection(oldSealer, 'other')]
  await db.query(
    `update connection_credentials set sealed = (select sealed from connection_credentials where connection_id = $1)
     where connection_id = $2`,
    [from, to],
  )
  const refused = readCredentials(db, oldSealer, to)
  await expect(refused).rejects.toMatchObject({ code: 'credentials_unreadable' })
  expect(inspect(await refused.catch((error: unknown) => error))).not.toContain(TOKEN)
})

test('a wrong key is told by its id, and what to do about it', async () => {
  const id = await addConnection()
  await expect(readCredentials(db, newSealer, id)).rejects.toMatchObject({
    code: 'credentials_unreadable',
    message: `The credentials were sealed with the encryption key ${oldId}, which Rollcall was not given.`,
    remedy: expect.stringContaining('Set ROLLCALL_ENCRYPTION_KEY'),
    details: { key_id: oldId },
  })
})

test('a rotation seals everything anew, more than one batch of it, and a second finds nothing to do', async () => {
  const ids = await addConnections(230)
  await db.transaction(async (tx) => {
    for (const id of ids) await saveCredentials(tx, oldSealer, id, { token: id })
  })
  const [before] = await db.query<{ at: string }>('select max(updated_at) as at from connection_credentials')
  expect(await resealCredentials(db, bothSealer)).toBe(230)
  expect(await countCredentialsByKey(db)).toEqual(new Map([[newKeyId, 230]]))
  for (const id of [ids[0], ids[99], ids[100], ids[229]])
    expect(await readCredentials(db, newSealer, id ?? '')).toEqual({ token: id })
  expect(await resealCredentials(db, bothSealer)).toBe(0)
  const [after] = await db.query<{ at: string }>('select max(updated_at) as at from connection_credentials')
  expect(after).toEqual(before)
})

test('what somebody changes while a rotation goes on stays as they left it', async () => {
  const [changed, deleted, kept] = [await addConnection(), await addConnection(), await addConnection()]
  const meanwhile = async () => {
    await save(changed, bothSealer, 'entered meanwhile')
    await deleteCredentials(db, [deleted])
  }
  expect(await resealCredentials(beforeUpdates(db, meanwhile), bothSealer)).toBe(1)
  expect(await readCredentials(db, newSealer, changed)).toEqual({ token: 'entered meanwhile' })
  expect(await readCredentials(db, newSealer, kept)).toEqual({ token: TOKEN })
  expect(await hasCredentials(db, deleted)).toBe(false)
})

test('a rotation that was interrupted half-way leaves everything readable, and ends when it is run again', async () => {
  const ids = await addConnections(150)
  await db.transaction(async (tx) => {
    for (const id of ids) await saveCredentials(tx, oldSealer, id, { token: id })
  })
  let commits = 0
  const dying = await openDb(url, {
    beforeCommit: () => {
      commits++
      if (commits === 3) throw new Error('killed')
    },
  })
  await expect(resealCredentials(dying, bothSealer)).rejects.toThrow('killed')
  await dying.close()
  expect(await countCredentialsByKey(db)).toEqual(
    new Map([
      [newKeyId, 100],
      [oldId, 50],
    ]),
  )
  for (const id of ids) expect(await readCredentials(db, bothSealer, id)).toEqual({ token: id })
  expect(await resealCredentials(db, bothSealer)).toBe(50)
  expect(await countCredentialsByKey(db)).toEqual(new Map([[newKeyId, 150]]))
})

test('a rotation passes over what no key opens', async () => {
  const unreadable = await addConnection(createSealer(() => [randomBytes(32)]))
  const altered = await addConnection()
  await db.query("update connection_credentials set sealed = sealed || 'AAAA' where connection_id = $1", [altered])
  const readable = await addConnection()
  expect(await resealCredentials(db, bothSealer)).toBe(1)
  expect(await readCredentials(db, newSealer, readable)).toEqual({ token: TOKEN })
  await expect(readCredentials(db, bothSealer, unreadable)).rejects.toMatchObject({ code: 'credentials_unreadable' })
  expect((await countCredentialsByKey(db)).get(oldId)).toBe(1)
})

test('a rotation waits for what was sealed with the old key and is not committed yet', async () => {
  const [id = ''] = await addConnections(1)
  let rotation: Promise<number> | undefined
  await db.transaction(async (tx) => {
    await saveCredentials(tx, oldSealer, id, { token: TOKEN })
    rotation = resealCredentials(db, bothSealer)
    await waitingFor(tx)
  })
  expect(await rotation).toBe(1)
  expect(await readCredentials(db, newSealer, id)).toEqual({ token: TOKEN })
})

test('whoever saves while the key is replaced seals with the new one', async () => {
  const [id = ''] = await addConnections(1)
  let keys = [oldKey]
  const sealer = createSealer(() => keys)
  let saving: Promise<void> | undefined
  await db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended('rollcall encryption key', 0))")
    saving = save(id, sealer, TOKEN)
    await waitingFor(tx)
    keys = [newKey, oldKey]
  })
  await saving
  const [row] = await db.query<{ sealed: string; key_id: string }>('select sealed, key_id from connection_credentials')
  expect(row?.key_id).toBe(newKeyId)
  expect(keyIdOf(row?.sealed ?? '')).toBe(newKeyId)
})

/** Resolves once somebody waits for the lock around the encryption key. */
async function waitingFor(tx: Queryable): Promise<void> {
  for (;;) {
    const rows = await tx.query(
      "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
    )
    if (rows.length > 0) return
  }
}

/** Runs something once, between the reading of a batch and its replacement. */
function beforeUpdates(db: Db, work: () => Promise<void>): Db {
  let isDone = false
  const before = (tx: Queryable): Queryable => ({
    query: async (sql, params) => {
      if (sql.startsWith('update') && !isDone) {
        isDone = true
        await work()
      }
      return tx.query(sql, params)
    },
  })
  return {
    query: (sql, params) => db.query(sql, params),
    transaction: (run, mode) => db.transaction((tx) => run(before(tx)), mode),
    lock: (name) => db.lock(name),
    close: () => db.close(),
  }
}
