import { isIP } from 'node:net'
import { isPublicAddress } from './public-address.ts'

/** Longer than any address that somebody means. */
const LONGEST = 2_000

export interface CallableUrlOptions {
  /** Exact origins that may be http and private: `http://127.0.0.1:8080`. */
  readonly allowedInsecureOrigins: readonly string[]
}

/**
 * What is wrong with an address that a stranger wants to have called, as the end of a sentence; null when nothing is.
 * Where its name leads is not looked up here: `PinnedAddress` refuses private addresses when it is called.
 */
export function faultOfUrl(text: string, { allowedInsecureOrigins }: CallableUrlOptions): string | null {
  const url = text.length <= LONGEST && URL.canParse(text) ? new URL(text) : null
  if (!url) return 'must be a URL such as https://hooks.example.com/rollcall'
  if (url.username || url.password) return 'must not have a user or password in it'
  if (url.hash) return 'must not have a fragment'
  if (allowedInsecureOrigins.includes(url.origin)) return null
  if (url.protocol !== 'https:') return 'must begin with https://'
  const host = hostOf(url)
  if (isIP(host) !== 0 && !isPublicAddress(host)) return 'must lead to a public address'
  return null
}

/** The host of a URL, without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
