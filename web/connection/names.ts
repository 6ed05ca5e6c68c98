import type { Connection } from './words.ts'

/** What people call the connection: the org's name, else its address, else the caller's own reference. */
export const nameOf = ({ org, identifier }: Connection): string =>
  org?.name || (org && hostOf(org.origin)) || identifier || 'New connection'

/** `https://acme.okta.com` is acme.okta.com. */
export const hostOf = (origin: string): string => URL.parse(origin)?.host ?? origin
