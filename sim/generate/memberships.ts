import { apportion, hash, type Shuffle, shuffle } from '../random.ts'
import type { World } from '../world.ts'
import { EVERYONE, isEmptyGroup } from './groups.ts'

/**
 * Who is in which generated group, without a list of memberships. Every membership has a number; a group owns a run of
 * numbers; a shuffle of all users turns a number into a user. A run shorter than the shuffle never names one user
 * twice, and the shuffle read backwards gives the groups of a user.
 */
export class BaseMemberships {
  /** Of group g the numbers from `#starts[g]` up to `#starts[g + 1]`. */
  readonly #starts: Float64Array
  readonly #shuffle: Shuffle
  readonly #users: number
  readonly #groups: number

  constructor(world: World) {
    this.#users = world.size.users + world.size.deprovisioned
    this.#groups = world.size.groups + 1
    this.#shuffle = shuffle(world.seed, 31, this.#users)
    this.#starts = new Float64Array(this.#groups + 1)
    const sizes = groupSizes(world, this.#users)
    for (let group = 0; group < this.#groups; group++) {
      this.#starts[group + 1] = (this.#starts[group] ?? 0) + (sizes[group] ?? 0)
    }
  }

  /** Memberships in all groups but Everyone. */
  get total(): number {
    return this.#starts[this.#groups] ?? 0
  }

  size(group: number): number {
    if (group === EVERYONE) return this.#users
    if (group >= this.#groups) return 0
    return (this.#starts[group + 1] ?? 0) - (this.#starts[group] ?? 0)
  }

  /** The user at a place of a group's list. */
  memberAt(group: number, place: number): number {
    return group === EVERYONE ? place : this.#shuffle.at((this.#starts[group] ?? 0) + place)
  }

  has(group: number, user: number): boolean {
    if (user >= this.#users) return false
    return group === EVERYONE || this.groupsOf(user).includes(group)
  }

  /** In ascending order, without Everyone. */
  groupsOf(user: number): number[] {
    if (user >= this.#users) return []
    const groups: number[] = []
    for (let number = this.#shuffle.placeOf(user); number < this.total; number += this.#users) {
      groups.push(this.#groupOwning(number))
    }
    return groups
  }

  #groupOwning(number: number): number {
    let [low, high] = [0, this.#groups]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((this.#starts[middle] ?? 0) <= number) low = middle
      else high = middle
    }
    return low
  }
}

/** A few large groups and many small ones, adding up exactly to the org's number of memberships. */
function groupSizes(world: World, users: number): number[] {
  const weights = [0]
  const caps = [0]
  for (let group = 1; group <= world.size.groups; group++) {
    const rank = hash(world.seed, 32, group) % world.size.groups
    weights.push(isEmptyGroup(group) ? 0 : 1 / (rank + 1) ** 0.8)
    caps.push(users)
  }
  return apportion(world.size.memberships, weights, caps)
}
