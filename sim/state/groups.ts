import { type Group, generateGroup } from '../generate/groups.ts'
import { BaseMemberships } from '../generate/memberships.ts'
import type { World } from '../world.ts'
import { Table } from './table.ts'
import type { Users } from './users.ts'

/** One member in a group's list; `place` orders it and serves as a cursor. */
export interface Member {
  place: number
  user: number
}

/** Groups and their members. Deactivated users stay members; deleted ones are gone. */
export class Groups {
  readonly table: Table<Group>
  readonly base: BaseMemberships
  readonly #world: World
  readonly #users: Users
  /** Per group: members added since, with their place; and generated ones removed. */
  readonly #added = new Map<number, Map<number, number>>()
  readonly #removed = new Map<number, Set<number>>()
  readonly #addedOf = new Map<number, Set<number>>()
  /** Places of added members start above every generated one. */
  #nextPlace: number

  constructor(world: World, users: Users) {
    this.#world = world
    this.#users = users
    this.table = new Table(world.size.groups + 1, (index) => generateGroup(world, index))
    this.base = new BaseMemberships(world)
    this.#nextPlace = world.size.users + world.size.deprovisioned
  }

  indexOf(id: string): number | undefined {
    const index = this.#world.ids.group.read(id)
    return index !== undefined && this.table.has(index) ? index : undefined
  }

  *members(group: number, after = -1): Generator<Member> {
    const size = this.base.size(group)
    const removed = this.#removed.get(group)
    for (let place = after + 1; place < size; place++) {
      const user = this.base.memberAt(group, place)
      if (!removed?.has(user) && this.#users.table.has(user)) yield { place, user }
    }
    for (const [user, place] of this.#added.get(group) ?? []) {
      if (place > after && this.#users.table.has(user)) yield { place, user }
    }
  }

  memberCount(group: number): number {
    let count = this.base.size(group) + (this.#added.get(group)?.size ?? 0) - (this.#removed.get(group)?.size ?? 0)
    for (const user of this.#users.table.deletedIndexes()) if (this.#isListed(group, user)) count--
    return count
  }

  isMember(group: number, user: number): boolean {
    return this.#users.table.has(user) && this.table.has(group) && this.#isListed(group, user)
  }

  #isListed(group: number, user: number): boolean {
    if (this.#added.get(group)?.has(user)) return true
    return this.base.has(group, user) && !this.#removed.get(group)?.has(user)
  }

  /** Ascending, Everyone first. */
  groupsOf(user: number): number[] {
    const listed = [0, ...this.base.groupsOf(user), ...(this.#addedOf.get(user) ?? [])]
    return [...new Set(listed)].filter((group) => this.isMember(group, user)).sort((a, b) => a - b)
  }

  addMember(group: number, user: number): boolean {
    if (this.isMember(group, user)) return false
    if (this.#removed.get(group)?.delete(user)) return true
    at(this.#added, group, () => new Map()).set(user, this.#nextPlace++)
    at(this.#addedOf, user, () => new Set()).add(group)
    return true
  }

  removeMember(group: number, user: number): boolean {
    if (!this.isMember(group, user)) return false
    if (this.#added.get(group)?.delete(user)) this.#addedOf.get(user)?.delete(group)
    else at(this.#removed, group, () => new Set()).add(user)
    return true
  }

  /** Everyone included. */
  get membershipCount(): number {
    let count = 0
    for (const group of this.table.indexes()) count += this.memberCount(group)
    return count
  }
}

/** The entry of a map, made when missing. */
export function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
