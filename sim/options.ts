import type { Fault } from './fault.ts'

export interface SimClock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Holds one answer back for `ms`, or until the signal says that nobody waits for it any more. */
  hold(ms: number, gone: AbortSignal): Promise<void>
}

/** Longest wait that a timer can have: an answer held back for this long never comes. */
export const NEVER_MS = 2 ** 31 - 1

export const realClock: SimClock = {
  now: () => Date.now(),
  // A held answer does not keep a process alive that has nothing else to do.
  hold: (ms, gone) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      gone.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true })
    }),
}

export interface SimOptions {
  /** Which org. Default small. */
  org?: OrgName
  /** Overrides the number of live users; memberships and app assignments keep their number per user. */
  users?: number
  /** Overrides single numbers of the preset, for an org as small as a test wants it. */
  size?: Partial<OrgSize>
  /** Another seed, another org: other ids, names, memberships. Default 1. */
  seed?: number
  /** Default 0: any free port. Always on 127.0.0.1. */
  port?: number
  /** Identity Engine (default) or Classic. */
  engine?: Engine
  /** Multiplies every rate limit. Infinity: none enforced, the headers show huge numbers. */
  limitScale?: number
  /** The default token's part of each bucket and of the concurrency, 0 to 1. Default 0.5, as Okta's. */
  tokenShare?: number
  /** Requests the org answers at the same time; a token gets its share of it. Default 75. */
  concurrency?: number
  /** Names out of `FAULTS`, or rules. */
  faults?: (string | Fault)[]
  /** Default: real time. */
  clock?: SimClock
}

export type OrgName = 'small' | 'r1' | 'r2'
export type Engine = 'idx' | 'v1'

/** How many of each. Memberships and groups do not count the built-in Everyone group. */
export interface OrgSize {
  companyName: string
  users: number
  deprovisioned: number
  groups: number
  memberships: number
  apps: number
  appUsers: number
  appGroups: number
  roleHolders: number
  adminGroups: number
  policies: number
  logEvents: number
}

export const ORGS: Record<OrgName, OrgSize> = {
  small: {
    companyName: 'Acme Small',
    users: 120,
    deprovisioned: 12,
    groups: 23,
    memberships: 420,
    apps: 14,
    appUsers: 600,
    appGroups: 24,
    roleHolders: 9,
    adminGroups: 4,
    policies: 20,
    logEvents: 160,
  },
  r1: {
    companyName: 'Acme Reference',
    users: 10_000,
    deprovisioned: 1_000,
    groups: 2_000,
    memberships: 60_000,
    apps: 300,
    appUsers: 120_000,
    appGroups: 900,
    roleHolders: 50,
    adminGroups: 5,
    policies: 60,
    logEvents: 5_000,
  },
  r2: {
    companyName: 'Acme Large',
    users: 100_000,
    deprovisioned: 10_000,
    groups: 20_000,
    memberships: 600_000,
    apps: 1_000,
    appUsers: 1_200_000,
    appGroups: 3_000,
    roleHolders: 120,
    adminGroups: 8,
    policies: 60,
    logEvents: 20_000,
  },
}

/** The preset's numbers, stretched to another number of users. */
export function orgSize(org: OrgName, users: number | undefined): OrgSize {
  const size = ORGS[org]
  if (users === undefined || users === size.users) return size
  const per = users / size.users
  return {
    ...size,
    users,
    deprovisioned: Math.round(size.deprovisioned * per),
    memberships: Math.round(size.memberships * per),
    appUsers: Math.round(size.appUsers * per),
    roleHolders: Math.min(size.roleHolders, users),
  }
}
