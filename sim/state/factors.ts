import { type Factor, factorKinds, generateFactors, makeFactor } from '../generate/factors.ts'
import { iso, type World } from '../world.ts'
import type { Users } from './users.ts'

/** Enrolled factors of each user. */
export class Factors {
  readonly #world: World
  readonly #users: Users
  readonly #changed = new Map<number, Factor[]>()
  #enrolled = 100

  constructor(world: World, users: Users) {
    this.#world = world
    this.#users = users
  }

  /**
   * What the API lists: nothing before activation, and for a deprovisioned user an error instead of a list (undefined
   * here), see https://github.com/okta/okta-sdk-java/issues/646
   */
  of(user: number): Factor[] | undefined {
    const status = this.#users.status(user)
    if (status === undefined || status === 'DEPROVISIONED') return undefined
    return status === 'STAGED' ? [] : this.#all(user)
  }

  countOf(user: number): number {
    const status = this.#users.status(user)
    if (status === undefined || status === 'DEPROVISIONED' || status === 'STAGED') return 0
    return this.#changed.get(user)?.length ?? this.#baseKinds(user).length
  }

  /** `kind` is a factor type, with an optional variant: `token:software:totp google`, `sms pending`. */
  enroll(user: number, kind: string, now: number): Factor {
    const factor = {
      ...makeFactor(this.#world, user, kind, this.#enrolled++),
      created: iso(now),
      lastUpdated: iso(now),
    }
    this.#changed.set(user, [...this.#all(user), factor])
    return factor
  }

  remove(user: number, factorId: string): Factor | undefined {
    const factors = this.#all(user)
    const found = factors.find((factor) => factor.id === factorId)
    if (found)
      this.#changed.set(
        user,
        factors.filter((factor) => factor !== found),
      )
    return found
  }

  #all(user: number): Factor[] {
    const changed = this.#changed.get(user)
    if (changed) return changed
    return this.#isGenerated(user) ? generateFactors(this.#world, user) : []
  }

  #baseKinds(user: number): readonly string[] {
    return this.#isGenerated(user) ? factorKinds(this.#world, user) : []
  }

  #isGenerated(user: number): boolean {
    return user < this.#world.size.users + this.#world.size.deprovisioned
  }
}
