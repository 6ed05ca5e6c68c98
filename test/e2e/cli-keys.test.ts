import { randomBytes } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encryptionKeyFile } from '../../src/encryption-key-file.ts'
import { newId } from '../../src/ids.ts'
import { createSealer } from '../../src/seal.ts'
import { findApiKey } from '../../src/store/api-keys.ts'
import { readCredentials, saveCredentials } from '../../src/store/credentials.ts'
import { type Db, openDb } from '../../src/store/db.ts'
import { openEmbedded } from '../../src/store/embedded/index.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { dataFolders } from '../harness/embedded-process.ts'
import { CANARY, expectRefusal, rollcall } from './rollcall.ts'

const folders = dataFolders(afterAll)
let database: FreshDatabase
let db: Db
let env: Record<string, string>

beforeAll(async () => {
  database = await freshDatabase()
  db = await openDb(database.url)
  env = { DATABASE_URL: database.url }
})

afterAll(async () => {
  await db.close()
  await database.drop()
})

describe('keys', () => {
  test('create prints the key alone on stdout, and that it is not shown again', async () => {
    const { code, stdout, stderr } = await rollcall(['keys', 'create', '--name', 'billing'], env)
    expect(stdout).toMatch(/^rck_[\w-]{43}\n$/)
    expect(stderr).toContain('"billing" has full access to the environment "default"')
    expect(stderr).toContain('it is not shown again')
    expect(stderr).not.toContain(stdout.trim())
    expect(code).toBe(0)
    expect(await findApiKey(db, stdout.trim())).toMatchObject({ name: 'billing', access: 'full' })
  })

  test('create --json prints one object', async () => {
    const args = ['keys', 'create', '--name', 'ci', '--environment', 'staging', '--read-only', '--json']
    const { stdout, stderr } = await rollcall(args, env)
    const made = JSON.parse(stdout)
    expect(made).toEqual({
      key: expect.stringMatching(/^rck_[\w-]{43}$/),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'ci',
      environment: 'staging',
      access: 'read_only',
      prefix: made.key.slice(0, 12),
    })
    expect(stderr).toBe('')
    expect(await findApiKey(db, made.key)).toMatchObject({ id: made.id, environment: 'staging', access: 'read_only' })
  })

  test('list shows every key by its beginning; revoke ends one, and says so in the list', async () => {
    const { key, id, prefix } = JSON.parse((await rollcall(['keys', 'create', '--name', 'old', '--json'], env)).stdout)
    const before = await rollcall(['keys', 'list'], env)
    expect(before.stdout).toMatch(new RegExp(`${prefix} +old +default +full`))

    const revoked = await rollcall(['keys', 'revoke', prefix], env)
    expect(revoked).toMatchObject({ code: 0, stdout: `The key ${prefix} "old" is revoked.\n`, stderr: '' })
    expect(await findApiKey(db, key)).toBeNull()
    const again = await rollcall(['keys', 'revoke', id, '--json'], env)
    expect(JSON.parse(again.stdout)).toMatchObject({ id, prefix, revoked_at: expect.stringMatching(/Z$/) })

    const audited = await db.query<{ action: string; details: object }>(
      'select action, details from audit_log where object_id = $1 order by at',
      [id],
    )
    expect(audited.map(({ action }) => action)).toEqual(['api_key.created', 'api_key.revoked', 'api_key.revoked'])
    expect(audited[0]?.details).toEqual({ name: 'old', prefix, access: 'full' })

    const after = await rollcall(['keys', 'list', '--json'], env)
    const { keys } = JSON.parse(after.stdout) as { keys: { id: string; revoked_at: string | null }[] }
    expect(keys.filter((each) => each.revoked_at !== null).map((each) => each.id)).toEqual([id])
    for (const { stdout, stderr } of [before, revoked, again, after]) {
      expect(stdout + stderr).not.toContain(key)
      expect(stdout + stderr).not.toContain('digest')
    }
  })

  test('each mistake is answered with one sentence, and no key that was typed is repeated', async () => {
    const key = `rck_${randomBytes(32).toString('base64url')}`
    const mistakes: [string[], string][] = [
      [['keys', 'create'], "Required option '--name <name>' not specified."],
      [['keys', 'create', '--name', ' '], 'It must be 1 to 100 visible characters.'],
      [['keys', 'create', '--name', 'a\nb'], 'It must be 1 to 100 visible characters.'],
      [['keys', 'revoke', 'billing'], 'There is no API key of this id or beginning. List the keys that there are.'],
      [['keys', 'revoke', key, '--log-level', 'debug'], 'There is no API key of this id or beginning.'],
      [['keys', key], "Unknown command '[removed]'."],
    ]
    for (const [args, sentence] of mistakes) {
      const ended = await rollcall(args, env)
      expect(ended.stderr).toContain(sentence)
      expect(ended.stdout + ended.stderr).not.toContain(key)
      expect(ended.code).toBe(1)
    }
  })

  test.each([['create'], ['list'], ['revoke']])('%s --help shows an example', async (name) => {
    const { code, stdout } = await rollcall(['keys', name, '--help'])
    expect(stdout).toMatch(new RegExp(`Examples?:\n {2}rollcall keys ${name}`))
    expect(code).toBe(0)
  })
})

describe('rotate-encryption-key', () => {
  test('with DATABASE_URL it needs the key, and says how to make one', async () => {
    const ended = await rollcall(['rotate-encryption-key'], env)
    expectRefusal(ended, 'With DATABASE_URL, ROLLCALL_ENCRYPTION_KEY must be set')
    expect(ended.stderr).toContain('openssl rand -base64 32')
  })

  test('with DATABASE_URL it seals anew and says that the previous keys may go; no key and no token is shown', async () => {
    const [key, previous] = [randomBytes(32), randomBytes(32)]
    const id = newId()
    await db.query("insert into connections (id, vendor, origin) values ($1, 'OKTA_IDP', 'https://a.okta.com')", [id])
    const sealer = createSealer(() => [previous])
    await db.transaction((tx) => saveCredentials(tx, sealer, id, { token: CANARY }))
    const keys = {
      ...env,
      ROLLCALL_ENCRYPTION_KEY: key.toString('base64'),
      ROLLCALL_PREVIOUS_ENCRYPTION_KEYS: previous.toString('base64'),
    }
    const { code, stdout, stderr } = await rollcall(['rotate-encryption-key', '--log-level', 'debug'], keys)
    expect(stdout).toMatch(/Sealed anew with the key [0-9a-f]{8}: 1 secret\./)
    expect(stdout).toContain('ROLLCALL_PREVIOUS_ENCRYPTION_KEYS may go')
    expect(code).toBe(0)
    for (const secret of [key, previous]) expect(stdout + stderr).not.toContain(secret.toString('base64'))
    expect(
      await readCredentials(
        db,
        createSealer(() => [key]),
        id,
      ),
    ).toEqual({ token: CANARY })

    const other = { ...env, ROLLCALL_ENCRYPTION_KEY: previous.toString('base64') }
    const wrong = await rollcall(['rotate-encryption-key', '--json'], other)
    expect(JSON.parse(wrong.stdout)).toMatchObject({ resealed: 0, unreadable: 1, is_finished: false })
    expect(wrong.code).toBe(2)
  })

  test('a key that is none is refused and not shown', async () => {
    const ended = await rollcall(['rotate-encryption-key'], { ...env, ROLLCALL_ENCRYPTION_KEY: 'hunter2-hunter2' })
    expectRefusal(ended, 'ROLLCALL_ENCRYPTION_KEY must be 32 bytes in base64')
    expect(ended.stderr).not.toContain('hunter2')
  })

  test('beside a running embedded server keys are made and the encryption key is replaced', async () => {
    const dataDir = await folders.withCluster()
    const server = await openEmbedded(dataDir)
    try {
      const embedded = { ROLLCALL_DATA_DIR: dataDir }
      const created = await rollcall(['keys', 'create', '--name', 'beside'], embedded)
      expect(created.stdout).toMatch(/^rck_/)
      expect(() => statSync(encryptionKeyFile(dataDir))).toThrow('ENOENT')
      const rotated = await rollcall(['rotate-encryption-key'], embedded)
      expect(rotated.stdout).toContain(`The previous key is gone from ${path.join(dataDir, 'encryption.key')}`)
      const text = readFileSync(encryptionKeyFile(dataDir), 'utf8')
      expect(text.trimEnd().split('\n')).toHaveLength(1)
      expect(rotated.stdout + rotated.stderr).not.toContain(text.trim())
      expect(statSync(encryptionKeyFile(dataDir)).mode & 0o777).toBe(0o600)
      const listed = await rollcall(['keys', 'list', '--json'], embedded)
      expect(JSON.parse(listed.stdout).keys).toMatchObject([{ name: 'beside' }])
    } finally {
      await server.leave()
    }
  })
})
