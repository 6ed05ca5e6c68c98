import { fraction, hash } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { appKind, isInactiveApp } from './apps.ts'
import { userName } from './users.ts'

/** One user's assignment to an app as the API sends it, without links. */
export interface AppUser {
  id: string
  externalId: string | null
  created: string
  lastUpdated: string
  scope: 'USER' | 'GROUP'
  status: string
  statusChanged: string | null
  passwordChanged: string | null
  syncState: string
  lastSync?: string | null
  credentials: Json | null
  profile: Json
}

/**
 * A user assigned both ways shows scope USER here and there although a group grants the app as well, as real orgs do.
 * Every 40-odd users one carries nulls where most carry values.
 */
export function generateAppUser(world: World, app: number, user: number, viaGroup: boolean): AppUser {
  const dice = hash(world.seed, 61, app, user)
  const created = world.epoch - DAY * (2 + 900 * fraction(world.seed, 62, app, user))
  const provisions = appKind(app).features?.includes('PUSH_NEW_USERS') === true
  const name = userName(world, user)
  const bare = dice % 43 === 5
  return {
    id: world.ids.user.make(user),
    externalId: provisions && !bare ? `ext-${dice.toString(36)}` : null,
    created: iso(created),
    lastUpdated: iso(created + (dice % 1000) * 60_000),
    scope: viaGroup && dice % 50 !== 7 ? 'GROUP' : 'USER',
    status: status(world, app, user, dice, provisions),
    statusChanged: bare ? null : iso(created),
    passwordChanged: null,
    syncState: provisions ? (dice % 20 === 3 ? 'ERROR' : 'SYNCHRONIZED') : 'DISABLED',
    ...(provisions ? { lastSync: iso(created + 3_600_000) } : {}),
    credentials: bare ? (dice % 2 === 0 ? null : { userName: null as string | null }) : { userName: name.login },
    profile: bare
      ? {}
      : provisions
        ? { email: name.login, firstName: name.first, lastName: name.last, role: null, permissionSets: ['Standard'] }
        : { email: name.login, name: `${name.first} ${name.last}`, given_name: name.first, zoneinfo: 'Europe/Berlin' },
  }
}

function status(world: World, app: number, user: number, dice: number, provisions: boolean): string {
  if (user >= world.size.users) return 'DEPROVISIONED'
  if (isInactiveApp(app)) return 'INACTIVE'
  if (provisions) return dice % 20 === 3 ? 'STAGED' : 'PROVISIONED'
  return dice % 97 === 11 ? 'PENDING' : 'ACTIVE'
}
