import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'
import { AppError } from './errors.ts'

/** Secrets at rest: AES-256-GCM, with a context that ties what is sealed to the row it belongs to. */
export interface Sealer {
  /** Names the key that seals; says nothing about the key itself. */
  readonly keyId: string
  /** `v1.<keyId>.<iv>.<tag>.<ciphertext>`, the last three in base64url. */
  seal(plain: string, context: string): string
  /** @throws AppError `credentials_unreadable` when it was sealed with another key or in another context, or was altered */
  open(sealed: string, context: string): string
  /** 32 bytes for another purpose, such as signing. A new encryption key makes new ones. */
  derive(purpose: string): Buffer
}

const CIPHER = 'aes-256-gcm'
/** https://nvlpubs.nist.gov/nistpubs/Legacy/SP/nistspecialpublication800-38d.pdf, section 8.2.2 */
const IV_BYTES = 12
const TAG_BYTES = 16
/** 12 bytes are 16 characters of base64url, 16 bytes are 22. */
const SEALED = /^v1\.([0-9a-f]{8})\.([\w-]{16})\.([\w-]{22})\.([\w-]*)$/

/**
 * A sealer with the keys that `keys` gives: the first seals, all open. They are asked for anew before each sealing, and
 * when something was sealed with a key not seen yet: another process may have rotated them. A key once seen stays known,
 * so that what was read just before a rotation can still be opened.
 */
export function createSealer(keys: () => readonly Buffer[]): Sealer {
  const known = new Map<string, Buffer>()
  const current = (): [id: string, key: Buffer] => {
    const given = keys().map((key): [string, Buffer] => [encryptionKeyId(key), key])
    for (const [id, key] of given) known.set(id, key)
    const [first] = given
    if (!first) throw new Error('a sealer needs a key')
    return first
  }
  current()
  return {
    get keyId() {
      return current()[0]
    },
    seal: (plain, context) => {
      const [id, key] = current()
      return encrypt(id, key, plain, context)
    },
    open: (sealed, context) => {
      const [, id = '', iv = '', tag = '', ciphertext = ''] = SEALED.exec(sealed) ?? []
      if (id === '') throw unreadable('What is stored is not of the form that Rollcall seals credentials in.')
      if (!known.has(id)) current()
      const key = known.get(id)
      if (!key)
        throw unreadable(`The credentials were sealed with the encryption key ${id}, which Rollcall was not given.`, id)
      return decrypt({ id, key, iv, tag, ciphertext }, context)
    },
    derive: (purpose) => Buffer.from(hkdfSync('sha256', current()[1], '', `rollcall ${purpose}`, 32)),
  }
}

/** Tells keys apart without telling anything about them. */
export const encryptionKeyId = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8)

/** Which key something was sealed with. */
export const keyIdOf = (sealed: string): string => SEALED.exec(sealed)?.[1] ?? ''

function encrypt(id: string, key: Buffer, plain: string, context: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context, 'utf8'))
  const ciphertext = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return ['v1', id, ...[iv, cipher.getAuthTag(), ciphertext].map((part) => part.toString('base64url'))].join('.')
}

interface Sealed {
  readonly id: string
  readonly key: Buffer
  readonly iv: string
  readonly tag: string
  readonly ciphertext: string
}

function decrypt({ id, key, iv, tag, ciphertext }: Sealed, context: string): string {
  try {
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(iv, 'base64url'), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(Buffer.from(tag, 'base64url'))
    return decipher.update(ciphertext, 'base64url', 'utf8') + decipher.final('utf8')
  } catch {
    // Without its cause: Node says no more than that it failed.
    throw unreadable('The stored credentials were altered, or belong to another connection.', id)
  }
}

const unreadable = (message: string, keyId?: string) =>
  new AppError('credentials_unreadable', message, { details: { key_id: keyId } })
