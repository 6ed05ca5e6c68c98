import { createDecipheriv, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { AppError } from './errors.ts'
import { createSealer, encryptionKeyId, keyIdOf } from './seal.ts'

const TOKEN = '00CANARYcanaryCANARYcanaryCANARYcanary0000'
const CONTEXT = 'connection:1:credentials'
const [key, other] = [randomBytes(32), randomBytes(32)]

function refusal(work: () => unknown): AppError {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError && error.code === 'credentials_unreadable') return error
    throw error
  }
  throw new Error('nothing was refused')
}

test.each(['', TOKEN, 'Zoë 👋 nul\0', 'x'.repeat(100_000)])('what is sealed opens again: %.20j', (plain) => {
  const sealer = createSealer(() => [key])
  expect(sealer.open(sealer.seal(plain, CONTEXT), CONTEXT)).toBe(plain)
})

test('the same text is sealed differently each time, and names its key', () => {
  const sealer = createSealer(() => [key])
  const [first, second] = [sealer.seal(TOKEN, CONTEXT), sealer.seal(TOKEN, CONTEXT)]
  expect(first).not.toBe(second)
  expect(first).toMatch(new RegExp(`^v1\\.${sealer.keyId}\\.[\\w-]{16}\\.[\\w-]{22}\\.[\\w-]+$`))
  expect(keyIdOf(first)).toBe(encryptionKeyId(key))
})

test('it is plain AES-256-GCM with the context as additional data', () => {
  const sealed = createSealer(() => [key]).seal(TOKEN, CONTEXT)
  const [iv, tag, ciphertext] = sealed
    .split('.')
    .slice(2)
    .map((part) => Buffer.from(part, 'base64url'))
  if (!iv || !tag || !ciphertext) throw new Error('a part is missing')
  const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(CONTEXT)).setAuthTag(tag)
  expect(decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8')).toBe(TOKEN)
})

test('a ciphertext that was moved to another row is refused', () => {
  const sealer = createSealer(() => [key])
  const sealed = sealer.seal(TOKEN, CONTEXT)
  expect(refusal(() => sealer.open(sealed, 'connection:2:credentials')).message).toContain('another connection')
})

test.each([0, 1, 2, 3, 4])('a ciphertext whose part %d was altered is refused', (part) => {
  const sealer = createSealer(() => [key])
  const parts = sealer.seal(TOKEN, CONTEXT).split('.')
  const text = parts[part] ?? ''
  parts[part] = (text.startsWith('0') ? '1' : '0') + text.slice(1)
  refusal(() => sealer.open(parts.join('.'), CONTEXT))
})

test.each(['', 'v1', TOKEN, 'v2.00000000.a.b.c', `v1.${encryptionKeyId(key)}...`])('%j is refused', (text) => {
  const { message } = refusal(() => createSealer(() => [key]).open(text, CONTEXT))
  expect(message).not.toContain(TOKEN)
})

test('a shortened tag is refused', () => {
  const sealer = createSealer(() => [key])
  const [version, id, iv, tag = '', ciphertext] = sealer.seal(TOKEN, CONTEXT).split('.')
  refusal(() => sealer.open([version, id, iv, tag.slice(0, 6), ciphertext].join('.'), CONTEXT))
})

test('a key that only claims to be the right one is refused', () => {
  const sealed = createSealer(() => [other]).seal(TOKEN, CONTEXT)
  const forged = sealed.replace(encryptionKeyId(other), encryptionKeyId(key))
  refusal(() => createSealer(() => [key]).open(forged, CONTEXT))
})

test('a wrong key says which one it takes and what to do, and shows neither key nor token', () => {
  const sealed = createSealer(() => [other]).seal(TOKEN, CONTEXT)
  const error = refusal(() => createSealer(() => [key]).open(sealed, CONTEXT))
  expect(error.message).toContain(encryptionKeyId(other))
  expect(error.remedy).toContain('ROLLCALL_ENCRYPTION_KEY')
  const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
  for (const secret of [TOKEN, ...[key, other].flatMap((each) => [each.toString('hex'), each.toString('base64')])]) {
    expect(shown).not.toContain(secret)
  }
})

test('the first key seals, all open', () => {
  const old = createSealer(() => [other]).seal(TOKEN, CONTEXT)
  const sealer = createSealer(() => [key, other])
  expect(sealer.keyId).toBe(encryptionKeyId(key))
  expect(keyIdOf(sealer.seal(TOKEN, CONTEXT))).toBe(encryptionKeyId(key))
  expect(sealer.open(old, CONTEXT)).toBe(TOKEN)
})

test('a sealer follows a rotation: it seals with the new key, opens what the new key sealed, and what it knew before', () => {
  let keys = [other]
  const sealer = createSealer(() => keys)
  const before = sealer.seal(TOKEN, CONTEXT)
  keys = [key]
  const elsewhere = createSealer(() => [key]).seal(TOKEN, CONTEXT)
  expect(sealer.open(elsewhere, CONTEXT)).toBe(TOKEN)
  expect(keyIdOf(sealer.seal(TOKEN, CONTEXT))).toBe(encryptionKeyId(key))
  expect(sealer.open(before, CONTEXT)).toBe(TOKEN)
})

test('keys are asked for once when a key id is unknown, and not at all when it is known', () => {
  let asked = 0
  const sealer = createSealer(() => {
    asked++
    return [key]
  })
  const known = sealer.seal(TOKEN, CONTEXT)
  const unknown = createSealer(() => [other]).seal(TOKEN, CONTEXT)
  asked = 0
  sealer.open(known, CONTEXT)
  expect(asked).toBe(0)
  refusal(() => sealer.open(unknown, CONTEXT))
  expect(asked).toBe(1)
})

test('derived keys differ by purpose and by key, and are the same in every process', () => {
  const sealer = createSealer(() => [key, other])
  const derived = sealer.derive('invite tokens')
  expect(derived).toHaveLength(32)
  expect(createSealer(() => [key]).derive('invite tokens')).toEqual(derived)
  expect(sealer.derive('something else')).not.toEqual(derived)
  expect(createSealer(() => [other]).derive('invite tokens')).not.toEqual(derived)
  expect(derived).not.toEqual(key)
})

test('a sealer without a key cannot be made', () => {
  expect(() => createSealer(() => [])).toThrow('needs a key')
})
