import { hash } from './random.ts'

/** In byte order, so that sorting ids as text sorts records by index. */
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const INDEX_DIGITS = 5
/** Like real ids, all of one org end alike: the last three characters name the cell it lives in. */
const CELL = '5d7'

/**
 * Makes and reads ids of the shape Okta uses: a three letter prefix (00u, 00g, 0oa, …), a part that grows with time,
 * noise, and the cell; 20 characters. The index can be read back, so no table from id to record is needed.
 */
export interface IdMaker {
  make(index: number): string
  /** The index, or undefined when this maker did not make that id. */
  read(id: string): number | undefined
}

export function idMaker(prefix: string, seed: number, salt: number): IdMaker {
  const first = 6 * 62 ** 4 + (hash(seed, salt, 0) % (62 ** 4 / 2))
  const noiseDigits = 20 - prefix.length - INDEX_DIGITS - CELL.length
  const make = (index: number) =>
    prefix + base62(first + index, INDEX_DIGITS) + base62(wide(seed, salt, index), noiseDigits) + CELL
  return {
    make,
    read(id) {
      if (id.length !== 20 || !id.startsWith(prefix)) return undefined
      let value = 0
      for (const character of id.slice(prefix.length, prefix.length + INDEX_DIGITS)) {
        const digit = BASE62.indexOf(character)
        if (digit < 0) return undefined
        value = value * 62 + digit
      }
      const index = value - first
      return index >= 0 && make(index) === id ? index : undefined
    },
  }
}

/** Noise of 53 bits. */
export function wide(seed: number, salt: number, a: number, b = 0): number {
  return hash(seed, salt, a, b) * 0x20_0000 + (hash(seed, salt + 5000, a, b) >>> 11)
}

export function base62(value: number, digits: number): string {
  let text = ''
  let rest = value
  for (let i = 0; i < digits; i++) {
    text = BASE62.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** Hexadecimal digits from a few hashes, for uuids and request ids. */
export function hex(seed: number, salt: number, index: number, digits: number): string {
  let text = ''
  for (let part = 0; text.length < digits; part++) text += hash(seed, salt, index, part).toString(16).padStart(8, '0')
  return text.slice(0, digits)
}

/** A time based (version 1) looking uuid, as System Log events carry. */
export function uuid(seed: number, salt: number, index: number): string {
  const h = hex(seed, salt, index, 32)
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-11f0-a${h.slice(13, 16)}-${h.slice(16, 28)}`
}
