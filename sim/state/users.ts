import { generateUser, indexOfLogin, type User, type UserStatus, userStatus, userTimes } from '../generate/users.ts'
import { iso, type World } from '../world.ts'
import { Table } from './table.ts'

/** The org's users. Reading one attribute of a generated user does not build the whole record. */
export class Users {
  readonly table: Table<User>
  readonly #world: World
  readonly #logins = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
    this.table = new Table(world.size.users + world.size.deprovisioned, (index) => generateUser(world, index))
  }

  get(index: number): User | undefined {
    return this.table.get(index)
  }

  indexOf(id: string): number | undefined {
    const index = this.#world.ids.user.read(id)
    return index !== undefined && this.table.has(index) ? index : undefined
  }

  status(index: number): UserStatus | undefined {
    if (!this.table.has(index)) return undefined
    return this.table.changed(index)?.status ?? userStatus(this.#world, index)
  }

  lastUpdated(index: number): string | undefined {
    const changed = this.table.changed(index)
    if (changed) return changed.lastUpdated
    // The odd ones may carry their own dates.
    return index < 20 ? this.get(index)?.lastUpdated : iso(userTimes(this.#world, index).updated)
  }

  /** By id, login, or the part of the login before the @ when only one user has it. */
  find(idOrLogin: string): number | undefined {
    const byId = this.indexOf(idOrLogin)
    if (byId !== undefined) return byId
    const index = this.#logins.get(idOrLogin.toLowerCase()) ?? indexOfLogin(this.#world, idOrLogin)
    if (index === undefined) return undefined
    const login = String(this.get(index)?.profile.login ?? '').toLowerCase()
    const asked = idOrLogin.toLowerCase()
    return login === asked || login.split('@')[0] === asked ? index : undefined
  }

  put(index: number, user: User): void {
    this.table.set(index, user)
    this.#remember(index, user)
  }

  append(make: (index: number) => User): number {
    const user = make(this.table.end)
    const index = this.table.append(user)
    this.#remember(index, user)
    return index
  }

  #remember(index: number, user: User): void {
    const login = String(user.profile.login ?? '').toLowerCase()
    this.#logins.set(login, index)
    this.#logins.set(login.split('@')[0] ?? login, index)
  }
}
