import { fraction, hash, pick } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { DEPARTMENTS, FIRST_NAMES, LAST_NAMES, TITLES } from './names.ts'
import { ODD_USERS } from './odd-users.ts'

export type UserStatus =
  | 'STAGED'
  | 'PROVISIONED'
  | 'ACTIVE'
  | 'RECOVERY'
  | 'PASSWORD_EXPIRED'
  | 'LOCKED_OUT'
  | 'SUSPENDED'
  | 'DEPROVISIONED'

/** A user as the API sends it, without links. */
export interface User {
  id: string
  status: UserStatus
  created: string
  activated: string | null
  statusChanged: string | null
  lastLogin: string | null
  lastUpdated: string
  passwordChanged: string | null
  type: { id: string } | null
  profile: Json
  credentials: Json
}

const LIVE_STATUSES: readonly [UserStatus, number][] = [
  ['PROVISIONED', 0.04],
  ['STAGED', 0.03],
  ['SUSPENDED', 0.02],
  ['LOCKED_OUT', 0.015],
  ['PASSWORD_EXPIRED', 0.025],
  ['RECOVERY', 0.01],
]

/** Live users come first, the deprovisioned ones after them. */
export function userStatus(world: World, index: number): UserStatus {
  if (index >= world.size.users) return 'DEPROVISIONED'
  const odd = ODD_USERS[index]?.status
  if (odd !== undefined) return odd
  let dice = fraction(world.seed, 1, index)
  for (const [status, share] of LIVE_STATUSES) {
    if (dice < share) return status
    dice -= share
  }
  return 'ACTIVE'
}

/** Creation, last change, last sign-in in ms. The last change is at least a day before the epoch. */
export function userTimes(world: World, index: number): { created: number; updated: number; login: number } {
  const created = world.epoch - DAY * (40 + 2900 * fraction(world.seed, 2, index))
  const updated = created + (world.epoch - DAY - created) * fraction(world.seed, 3, index) ** 2
  const login = Math.max(created, world.epoch - DAY * (1 + 60 * fraction(world.seed, 4, index)))
  return { created, updated, login }
}

export function userName(world: World, index: number): { first: string; last: string; login: string } {
  const first = pick(FIRST_NAMES, hash(world.seed, 5, index))
  const last = pick(LAST_NAMES, hash(world.seed, 6, index))
  const domain = index % 17 === 16 ? 'partner.example' : 'acme.example'
  return { first, last, login: `${first}.${last}.${index}@${domain}`.toLowerCase() }
}

/** The index of a generated user by the login, or by what stands before its @. */
export function indexOfLogin(world: World, login: string): number | undefined {
  const odd = ODD_USERS.findIndex(({ profile }) => {
    const own = String(profile?.login ?? '').toLowerCase()
    return own !== '' && (own === login.toLowerCase() || own.split('@')[0] === login.toLowerCase())
  })
  if (odd >= 0 && odd < world.size.users) return odd
  const index = Number(/^[a-z]+\.[a-z]+\.(\d+)(@|$)/.exec(login.toLowerCase())?.[1])
  if (!Number.isInteger(index) || index >= world.size.users + world.size.deprovisioned) return undefined
  const name = userName(world, index).login
  return name === login.toLowerCase() || name.split('@')[0] === login.toLowerCase() ? index : undefined
}

export function generateUser(world: World, index: number): User {
  const status = userStatus(world, index)
  const times = userTimes(world, index)
  const name = userName(world, index)
  const neverActive = status === 'STAGED'
  const signsIn = !neverActive && status !== 'PROVISIONED'
  const user: User = {
    id: world.ids.user.make(index),
    status,
    created: iso(times.created),
    activated: neverActive || index % 19 === 3 ? null : iso(times.created + 60_000),
    statusChanged: neverActive ? null : iso(Math.min(times.updated, times.created + 3_600_000)),
    lastLogin: signsIn && index % 23 !== 5 ? iso(times.login) : null,
    lastUpdated: iso(times.updated),
    passwordChanged: signsIn && index % 7 !== 4 ? iso(times.created + 7_200_000) : null,
    type: { id: world.ids.userType },
    profile: profile(world, index, name),
    credentials: credentials(name.login, index, signsIn),
  }
  const odd = index < world.size.users ? ODD_USERS[index] : undefined
  if (odd === undefined) return user
  const { profile: oddProfile, ...rest } = odd
  return {
    ...user,
    ...rest,
    profile: oddProfile?.login === undefined ? { ...user.profile, ...oddProfile } : oddProfile,
  }
}

/** Base attributes, and custom ones of several types; a custom attribute is missing until somebody sets it. */
function profile(world: World, index: number, name: { first: string; last: string; login: string }): Json {
  const department = pick(DEPARTMENTS, hash(world.seed, 7, index))
  const result: Json = {
    firstName: name.first,
    lastName: name.last,
    mobilePhone: index % 3 === 0 ? `+1555${String(1000000 + index).slice(-7)}` : null,
    secondEmail: null,
    login: name.login,
    email: name.login,
    department,
    title: pick(TITLES, hash(world.seed, 8, index)),
    displayName: `${name.first} ${name.last}`,
    userType: index % 17 === 16 ? 'Contractor' : 'Employee',
    employeeNumber: String(100000 + index),
  }
  if (index % 4 === 1) result.nickName = index % 8 === 1 ? null : name.first.slice(0, 3)
  if (index % 5 === 2) result.manager = index % 10 === 2 ? null : userName(world, Math.floor(index / 8)).login
  if (index % 6 === 0) result.costCenters = [department.slice(0, 3).toUpperCase(), `CC-${index % 40}`]
  if (index % 6 === 1) result.level = 1 + (Math.floor(index / 6) % 9)
  if (index % 6 === 2) result.remote = index % 12 === 2
  if (index % 31 === 7) result.badge = `B-${index}`
  if (index % 12 === 9) result.ratings = [1, 2.5, index % 5]
  if (index % 12 === 10) result.startDate = '2021-03-01'
  return result
}

function credentials(login: string, index: number, hasPassword: boolean): Json {
  const provider =
    index % 5 === 3
      ? { type: 'ACTIVE_DIRECTORY', name: 'corp.acme.example' }
      : index % 29 === 1
        ? { type: 'FEDERATION', name: 'FEDERATION' }
        : index % 37 === 2
          ? { type: 'IMPORT', name: 'IMPORT' }
          : { type: 'OKTA', name: 'OKTA' }
  if (!hasPassword || provider.type !== 'OKTA') return { provider }
  return {
    password: {},
    emails: [{ value: login, status: 'VERIFIED', type: 'PRIMARY' }],
    ...(index % 3 === 0 ? { recovery_question: { question: 'What was your first bicycle called?' } } : {}),
    provider,
  }
}
