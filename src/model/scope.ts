import { isDeepStrictEqual } from 'node:util'

/** Limits what of an org is read and kept. Empty lists mean everything. */
export interface SyncScope {
  /** Groups by Okta id or exact name; other groups, and their memberships, are neither read further nor kept. */
  readonly groups: readonly string[]
  /** Email domains in lower case; users of other domains, and what hangs on them, are not kept. */
  readonly emailDomains: readonly string[]
  /** Leaves out groups that an application (Active Directory, Google, …) brought in. */
  readonly skipAppGroups: boolean
  /** Of people only the members of `groups` are read and kept, with what hangs on them. Needs `groups`. */
  readonly membersOnly: boolean
}

export const EVERYTHING: SyncScope = { groups: [], emailDomains: [], skipAppGroups: false, membersOnly: false }

/** A scope as it was stored; what it does not say, or none at all, limits nothing. */
export const storedScope = (stored: unknown): SyncScope => ({ ...EVERYTHING, ...(stored as Partial<SyncScope> | null) })

export const isSameScope = (stored: unknown, scope: SyncScope): boolean => isDeepStrictEqual(storedScope(stored), scope)

export const isEverything = (scope: SyncScope): boolean => isSameScope(null, scope)

/** A domain as people write it: without its `@`, in lower case. */
export const cleanEmailDomain = (domain: string): string => domain.trim().replace(/^@/, '').toLowerCase()
