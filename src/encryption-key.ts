import { randomBytes } from 'node:crypto'

/** The key that seals stored credentials: 32 bytes, written as base64 or as 64 hexadecimal digits. */

const BYTES = 32

/** Says how to make one; never a key itself. */
export const ENCRYPTION_KEY_FORM =
  'must be 32 bytes in base64, or as 64 hexadecimal digits (make one with: openssl rand -base64 32)'

export const newEncryptionKey = (): Buffer => randomBytes(BYTES)

/** Null when the text is no key. Base64 may have the characters of base64url, and lack its padding. */
export function parseEncryptionKey(text: string): Buffer | null {
  const value = text.trim()
  if (/^[0-9a-f]{64}$/i.test(value)) return Buffer.from(value, 'hex')
  if (!/^[\w+/-]{43}=?$/.test(value)) return null
  const key = Buffer.from(value, 'base64')
  return key.length === BYTES ? key : null
}

/** As `openssl rand -base64 32` writes it. */
export const formatEncryptionKey = (key: Buffer): string => key.toString('base64')
