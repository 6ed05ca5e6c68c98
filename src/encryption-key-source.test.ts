import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newEncryptionKey } from './encryption-key.ts'
import { encryptionKeyFile, readEncryptionKeyFile, writeEncryptionKeyFile } from './encryption-key-file.ts'
import { encryptionKeySource, hasEncryptionKeyFile } from './encryption-key-source.ts'

const DATABASE_URL = 'postgres://rollcall@db.internal/rollcall'
const [first, second] = [newEncryptionKey(), newEncryptionKey()]
let root: string

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'rollcall-keys-'))
})

afterAll(() => rmSync(root, { recursive: true, force: true }))

const folder = () => mkdtempSync(path.join(root, 'data-'))
const silent = () => {}

test('with DATABASE_URL a key must be set, and the refusal says how to make one', () => {
  const settings = { databaseUrl: DATABASE_URL, dataDir: folder(), encryptionKeys: [] }
  expect(() => encryptionKeySource(settings, silent)).toThrow(
    expect.objectContaining({
      code: 'config_invalid',
      message: expect.stringMatching(/ROLLCALL_ENCRYPTION_KEY must be set.*openssl rand -base64 32$/),
    }),
  )
  expect(existsSync(encryptionKeyFile(settings.dataDir))).toBe(false)
})

test("with DATABASE_URL the keys are the environment's, and no file is looked for or made", () => {
  const settings = { databaseUrl: DATABASE_URL, dataDir: '/dev/null/rollcall', encryptionKeys: [first, second] }
  expect(encryptionKeySource(settings, silent)()).toEqual([first, second])
  expect(hasEncryptionKeyFile(settings)).toBe(false)
})

test('on the embedded default the key is in a file, and follows what is written there', () => {
  const settings = { databaseUrl: null, dataDir: folder(), encryptionKeys: [] }
  expect(hasEncryptionKeyFile(settings)).toBe(true)
  const keys = encryptionKeySource(settings, silent)
  const file = encryptionKeyFile(settings.dataDir)
  const made = keys()
  expect(readEncryptionKeyFile(file)).toEqual(made)
  writeEncryptionKeyFile(file, [first, ...made])
  expect(keys()).toEqual([first, ...made])
})

test('a key file that disappears is not made anew under a running process', () => {
  const settings = { databaseUrl: null, dataDir: folder(), encryptionKeys: [] }
  const keys = encryptionKeySource(settings, silent)
  rmSync(encryptionKeyFile(settings.dataDir))
  expect(keys).toThrow(expect.objectContaining({ code: 'config_invalid' }))
  expect(existsSync(encryptionKeyFile(settings.dataDir))).toBe(false)
})

test("on the embedded default the environment's key seals, and a file from before still opens", () => {
  const dataDir = folder()
  const before = encryptionKeySource({ databaseUrl: null, dataDir, encryptionKeys: [] }, silent)()
  const settings = { databaseUrl: null, dataDir, encryptionKeys: [first] }
  expect(encryptionKeySource(settings, silent)()).toEqual([first, ...before])
  const elsewhere = { ...settings, dataDir: folder() }
  expect(encryptionKeySource(elsewhere, silent)()).toEqual([first])
  expect(existsSync(encryptionKeyFile(elsewhere.dataDir))).toBe(false)
})
