import { BaseAssignments } from '../generate/app-assignments.ts'
import { type AppUser, generateAppUser } from '../generate/app-users.ts'
import { type App, appKind, generateApp } from '../generate/apps.ts'
import { fraction } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { at, type Groups } from './groups.ts'
import { Table } from './table.ts'
import type { Users } from './users.ts'

export interface AppGroup {
  group: number
  lastUpdated: string
  priority: number
  profile: Json
}

export interface Assigned {
  place: number
  user: number
}

/** Apps, and who is assigned to them: users (directly or through a group) and groups. */
export class Apps {
  readonly table: Table<App>
  readonly base: BaseAssignments
  readonly #world: World
  readonly #users: Users
  readonly #groups: Groups
  readonly #addedUsers = new Map<number, Map<number, { place: number; record: AppUser }>>()
  readonly #removedUsers = new Map<number, Set<number>>()
  readonly #addedGroups = new Map<number, Map<number, AppGroup>>()
  readonly #removedGroups = new Map<number, Set<number>>()
  #nextPlace: number

  constructor(world: World, users: Users, groups: Groups) {
    this.#world = world
    this.#users = users
    this.#groups = groups
    this.table = new Table(world.size.apps, (index) => generateApp(world, index))
    this.base = new BaseAssignments(world, groups.base)
    this.#nextPlace = world.size.users + world.size.deprovisioned
  }

  indexOf(id: string): number | undefined {
    const index = this.#world.ids.app.read(id)
    return index !== undefined && this.table.has(index) ? index : undefined
  }

  /** Whether the app can have an authentication policy at all. */
  hasPolicies(app: number): boolean {
    return this.#world.engine === 'idx' && (app >= this.#world.size.apps || !appKind(app).policyFree)
  }

  *users(app: number, after = -1): Generator<Assigned> {
    const active = this.#isActive(app)
    const base = this.base.size(app) > after + 1 ? this.base.users(app) : new Int32Array()
    for (let place = after + 1; place < base.length; place++) {
      const user = base[place] ?? 0
      if (this.#keeps(active, user) && !this.#removedUsers.get(app)?.has(user)) yield { place, user }
    }
    for (const [user, { place }] of this.#addedUsers.get(app) ?? []) {
      if (place > after && this.#keeps(active, user)) yield { place, user }
    }
  }

  user(app: number, user: number): AppUser | undefined {
    if (!this.#keeps(this.#isActive(app), user)) return undefined
    const added = this.#addedUsers.get(app)?.get(user)
    if (added) return added.record
    const via = this.#removedUsers.get(app)?.has(user) ? undefined : this.base.find(app, user)
    return via === undefined ? undefined : generateAppUser(this.#world, app, user, via === 'group')
  }

  userCount(app: number): number {
    const active = this.#isActive(app)
    let count = this.base.size(app) + (this.#addedUsers.get(app)?.size ?? 0) - (this.#removedUsers.get(app)?.size ?? 0)
    // Only people changed or deleted since can have been lost otherwise.
    for (const user of [...this.#users.table.changedIndexes(), ...this.#users.table.deletedIndexes()]) {
      if (!this.#keeps(active, user) && this.#isListed(app, user)) count--
    }
    return count
  }

  /** A deleted person holds nothing; one deactivated since the org was made has lost the active apps. */
  #keeps(activeApp: boolean, user: number): boolean {
    if (!this.#users.table.has(user)) return false
    return !activeApp || this.#users.status(user) !== 'DEPROVISIONED'
  }

  #isActive(app: number): boolean {
    return this.table.get(app)?.status === 'ACTIVE'
  }

  #isListed(app: number, user: number): boolean {
    if (this.#addedUsers.get(app)?.has(user)) return true
    return !this.#removedUsers.get(app)?.has(user) && this.base.has(app, user)
  }

  appsOfUser(user: number): number[] {
    return [...this.table.indexes()].filter((app) => this.user(app, user) !== undefined)
  }

  putUser(app: number, user: number, record: AppUser): void {
    const added = at(this.#addedUsers, app, () => new Map())
    const place = added.get(user)?.place ?? this.#nextPlace++
    if (this.base.has(app, user)) at(this.#removedUsers, app, () => new Set()).add(user)
    added.set(user, { place, record })
  }

  removeUser(app: number, user: number): boolean {
    if (!this.#isListed(app, user)) return false
    if (!this.#addedUsers.get(app)?.delete(user)) at(this.#removedUsers, app, () => new Set()).add(user)
    return true
  }

  groups(app: number): AppGroup[] {
    const removed = this.#removedGroups.get(app)
    const changed = this.#addedGroups.get(app)
    const base = this.base.groupsOf(app).flatMap((group, priority) => {
      const age = DAY * (3 + 500 * fraction(this.#world.seed, 63, app, group))
      const profile = priority === 1 ? { role: 'Standard User', permissionSets: ['Standard'] } : {}
      return removed?.has(group) || changed?.has(group)
        ? []
        : [{ group, lastUpdated: iso(this.#world.epoch - age), priority, profile }]
    })
    return [...base, ...(changed?.values() ?? [])].filter(({ group }) => this.#groups.table.has(group))
  }

  appsOfGroup(group: number): number[] {
    const apps = [...this.base.appsOf(group)].filter((app) => !this.#removedGroups.get(app)?.has(group))
    for (const [app, added] of this.#addedGroups) if (added.has(group) && !apps.includes(app)) apps.push(app)
    return apps.filter((app) => this.table.has(app)).sort((a, b) => a - b)
  }

  putGroup(app: number, record: AppGroup): void {
    at(this.#addedGroups, app, () => new Map()).set(record.group, record)
  }

  removeGroup(app: number, group: number): boolean {
    if (!this.groups(app).some((record) => record.group === group)) return false
    this.#addedGroups.get(app)?.delete(group)
    if (this.base.groupsOf(app).includes(group)) at(this.#removedGroups, app, () => new Set()).add(group)
    return true
  }
}
