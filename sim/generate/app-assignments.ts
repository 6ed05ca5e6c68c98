import { apportion, hash, type Shuffle, shuffle } from '../random.ts'
import type { World } from '../world.ts'
import { appKind, isInactiveApp } from './apps.ts'
import { isEmptyGroup } from './groups.ts'
import type { BaseMemberships } from './memberships.ts'

/**
 * Who is assigned to which generated app. Groups first; an app's users are then the members of its groups, plus as many
 * directly assigned ones as its size leaves room for. Deactivated people lose active apps and keep inactive ones, see
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserLifecycle/
 */
export class BaseAssignments {
  readonly #world: World
  readonly #memberships: BaseMemberships
  readonly #sizes: number[]
  readonly #groupsOf: number[][]
  readonly #appsOf = new Map<number, number[]>()
  readonly #shuffles = new Map<number, Shuffle>()
  /** Per app: where in its shuffle the directly assigned users end. */
  readonly #directEnd = new Map<number, number>()
  #last: { app: number; users: Int32Array } | undefined

  constructor(world: World, memberships: BaseMemberships) {
    this.#world = world
    this.#memberships = memberships
    this.#sizes = appSizes(world)
    this.#groupsOf = this.#assignGroups()
    for (const [app, groups] of this.#groupsOf.entries()) {
      for (const group of groups) this.#appsOf.set(group, [...(this.#appsOf.get(group) ?? []), app])
    }
  }

  size(app: number): number {
    return this.#sizes[app] ?? 0
  }

  /** In order of priority. */
  groupsOf(app: number): readonly number[] {
    return this.#groupsOf[app] ?? []
  }

  appsOf(group: number): readonly number[] {
    return this.#appsOf.get(group) ?? []
  }

  /** Whether one of the app's groups grants it to the user. */
  viaGroup(app: number, user: number): boolean {
    const groups = this.groupsOf(app)
    return groups.length > 0 && this.#memberships.groupsOf(user).some((group) => groups.includes(group))
  }

  /** All users, those through groups first. The last app's list is kept, for the next page. */
  users(app: number): Int32Array {
    if (this.#last?.app === app) return this.#last.users
    const users = new Int32Array(this.size(app))
    const seen = new Set<number>()
    const domain = this.#domain(app)
    for (const group of this.groupsOf(app)) {
      for (let place = 0; place < this.#memberships.size(group); place++) {
        const user = this.#memberships.memberAt(group, place)
        if (user >= domain || seen.has(user)) continue
        users[seen.size] = user
        seen.add(user)
      }
    }
    const order = this.#shuffle(app)
    let filled = seen.size
    let next = 0
    for (; filled < users.length; next++) {
      const user = order.at(next)
      if (!seen.has(user)) users[filled++] = user
    }
    this.#directEnd.set(app, next)
    this.#last = { app, users }
    return users
  }

  /** How the user holds the app, if at all. */
  find(app: number, user: number): 'group' | 'direct' | undefined {
    if (user >= this.#domain(app) || this.size(app) === 0) return undefined
    if (this.viaGroup(app, user)) return 'group'
    if (!this.#directEnd.has(app)) this.users(app)
    return this.#shuffle(app).placeOf(user) < (this.#directEnd.get(app) ?? 0) ? 'direct' : undefined
  }

  has(app: number, user: number): boolean {
    return this.find(app, user) !== undefined
  }

  #domain(app: number): number {
    return isInactiveApp(app) ? this.#world.size.users + this.#world.size.deprovisioned : this.#world.size.users
  }

  #shuffle(app: number): Shuffle {
    const found = this.#shuffles.get(app)
    if (found) return found
    const made = shuffle(this.#world.seed, 5000 + app, this.#domain(app))
    this.#shuffles.set(app, made)
    return made
  }

  /** Groups whose members together fit into the app; empty groups always do. */
  #assignGroups(): number[][] {
    const { apps, appGroups, groups } = this.#world.size
    const open = Array.from({ length: apps }, (_, app) => isAssignable(app))
    const counts = apportion(
      appGroups,
      open.map((assignable, app) => (assignable ? 1 + (hash(this.#world.seed, 51, app) % 5) : 0)),
      open.map((assignable) => (assignable ? groups : 0)),
    )
    return counts.map((count, app) => {
      const chosen: number[] = []
      let room = this.size(app) * 0.7
      for (let attempt = 0; chosen.length < count; attempt++) {
        const group = 1 + (hash(this.#world.seed, 52, app, attempt) % groups)
        const size = this.#memberships.size(group)
        const fits = size <= room || (attempt > 200 && isEmptyGroup(group))
        if (!fits || chosen.includes(group)) continue
        chosen.push(group)
        room -= size
      }
      return chosen
    })
  }
}

function isAssignable(app: number): boolean {
  const kind = appKind(app)
  return !kind.unassignable && !kind.hidden
}

/** Few large apps, many small ones, adding up exactly. */
function appSizes(world: World): number[] {
  const { apps, appUsers, users } = world.size
  const rank = (app: number) => hash(world.seed, 53, app) % apps
  const weights = Array.from({ length: apps }, (_, app) =>
    appKind(app).unassignable ? 0 : appKind(app).hidden ? 0.01 : 1 / (rank(app) + 3) ** 0.7,
  )
  return apportion(
    appUsers,
    weights,
    weights.map(() => users),
  )
}
