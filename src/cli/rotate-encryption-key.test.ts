import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { TestClock } from '../../test/harness/test-clock.ts'
import { type Config, readConfig } from '../config.ts'
import { encryptionKeyFile, readEncryptionKeyFile } from '../encryption-key-file.ts'
import { encryptionKeySource } from '../encryption-key-source.ts'
import { newId } from '../ids.ts'
import { createSealer, encryptionKeyId, type Sealer } from '../seal.ts'
import { readCredentials, saveCredentials } from '../store/credentials.ts'
import { type Db, openDb } from '../store/db.ts'
import { rotate } from './rotate-encryption-key.ts'

let url: string
let db: Db
let dataDir: string

useDatabase('test', (opened, at) => {
  db = opened
  url = at
  dataDir = mkdtempSync(path.join(tmpdir(), 'rollcall-rotate-'))
})

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true })
})

const configOf = (over: Partial<Config> = {}): Config => ({ ...readConfig({}).config, dataDir, ...over })
const sealerOf = (config: Config): Sealer => createSealer(encryptionKeySource(config, () => {}))
const keysInFile = () => readEncryptionKeyFile(encryptionKeyFile(dataDir)) ?? []

function run(config: Config, over: { db?: Db; onWait?: (line: string) => void } = {}) {
  return rotate({ config, clock: new TestClock(), db, sealer: sealerOf(config), onWait: () => {}, ...over })
}

/** What one key alone opens. */
const readWith = (key: Buffer, id: string) =>
  readCredentials(
    db,
    createSealer(() => [key]),
    id,
  )

async function addConnection(sealer: Sealer, token: string): Promise<string> {
  const id = newId()
  await db.query("insert into connections (id, vendor, origin) values ($1, 'OKTA_IDP', 'https://acme.okta.com')", [id])
  await db.transaction((tx) => saveCredentials(tx, sealer, id, { token }))
  return id
}

test('on the embedded default a new key takes over, and the previous one is gone', async () => {
  const config = configOf()
  const before = sealerOf(config)
  const [old] = keysInFile()
  const id = await addConnection(before, 'a token')
  const rotation = await run(config)
  const [key, ...others] = keysInFile()
  if (!old || !key) throw new Error('there is no key')
  expect(rotation).toEqual({ key_id: encryptionKeyId(key), resealed: 1, unreadable: 0, is_finished: true })
  expect(others).toEqual([])
  expect(key).not.toEqual(old)
  expect(await readWith(key, id)).toEqual({ token: 'a token' })
})

test('a server that was running before the rotation reads on, and saves what is read after its restart', async () => {
  const config = configOf()
  const running = sealerOf(config)
  const id = await addConnection(running, 'before')
  await run(config)
  expect(await readCredentials(db, running, id)).toEqual({ token: 'before' })
  const later = await addConnection(running, 'after')
  const restarted = sealerOf(config)
  expect(await readCredentials(db, restarted, later)).toEqual({ token: 'after' })
})

test('interrupted after the new key was made, it goes on with that key', async () => {
  const config = configOf()
  const id = await addConnection(sealerOf(config), 'a token')
  const [old] = keysInFile()
  let commits = 0
  const dying = await openDb(url, {
    beforeCommit: () => {
      commits++
      if (commits === 2) throw new Error('killed')
    },
  })
  await expect(run(config, { db: dying })).rejects.toThrow('killed')
  await dying.close()
  const [made, ...previous] = keysInFile()
  expect(previous).toEqual([old])
  expect(await readCredentials(db, sealerOf(config), id)).toEqual({ token: 'a token' })

  expect(await run(config)).toMatchObject({ resealed: 1, is_finished: true })
  expect(keysInFile()).toEqual([made])
  expect(await readCredentials(db, sealerOf(config), id)).toEqual({ token: 'a token' })
})

test('a previous key stays in the file while something that it sealed cannot be opened', async () => {
  const config = configOf()
  const sealer = sealerOf(config)
  const [old] = keysInFile()
  const damaged = await addConnection(sealer, 'a token')
  await db.query("update connection_credentials set sealed = sealed || 'AAAA'")
  const good = await addConnection(sealer, 'another')
  expect(await run(config)).toMatchObject({ resealed: 1, unreadable: 1, is_finished: false })
  expect(keysInFile().slice(1)).toEqual([old])
  await db.transaction((tx) => saveCredentials(tx, sealerOf(config), damaged, { token: 'entered anew' }))
  expect(await run(config)).toMatchObject({ resealed: 0, unreadable: 0, is_finished: true })
  expect(keysInFile()).toHaveLength(1)
  expect(await readCredentials(db, sealerOf(config), good)).toEqual({ token: 'another' })
})

test('the key of a lost file is told as unreadable, and does not hold the next ones back', async () => {
  const lost = createSealer(() => [randomBytes(32)])
  await addConnection(lost, 'a token')
  const config = configOf()
  expect(await run(config)).toMatchObject({ resealed: 0, unreadable: 1, is_finished: false })
  expect(keysInFile()).toHaveLength(1)
})

test("with the environment's keys, what the previous ones sealed is sealed with the first", async () => {
  const [key, previous] = [randomBytes(32), randomBytes(32)]
  const id = await addConnection(
    createSealer(() => [previous]),
    'a token',
  )
  const config = configOf({ databaseUrl: url, encryptionKeys: [key, previous] })
  expect(await run(config)).toEqual({
    key_id: encryptionKeyId(key),
    resealed: 1,
    unreadable: 0,
    is_finished: true,
  })
  expect(await readWith(key, id)).toEqual({ token: 'a token' })
  expect(keysInFile()).toEqual([])
})

test("from the key file to the environment's key: nothing is lost, and the file is left alone", async () => {
  const id = await addConnection(sealerOf(configOf()), 'a token')
  const file = readFileSync(encryptionKeyFile(dataDir), 'utf8')
  const key = randomBytes(32)
  const config = configOf({ encryptionKeys: [key] })
  expect(await run(config)).toMatchObject({ resealed: 1, is_finished: true })
  expect(await readWith(key, id)).toEqual({ token: 'a token' })
  expect(readFileSync(encryptionKeyFile(dataDir), 'utf8')).toBe(file)
})

test('two rotations at once take turns', async () => {
  const config = configOf()
  const id = await addConnection(sealerOf(config), 'a token')
  const lock = await db.lock('rollcall rotate-encryption-key')
  let told: () => void = () => {}
  const isWaiting = new Promise<void>((resolve) => {
    told = resolve
  })
  const waiting = run(config, { onWait: told })
  await isWaiting
  expect(keysInFile()).toHaveLength(1)
  await lock?.release()
  expect(await waiting).toMatchObject({ resealed: 1, is_finished: true })
  expect(await readCredentials(db, sealerOf(config), id)).toEqual({ token: 'a token' })
})
