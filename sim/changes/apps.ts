import { type AppUser, generateAppUser } from '../generate/app-users.ts'
import { type App, generateApp } from '../generate/apps.ts'
import type { Group } from '../generate/groups.ts'
import { target } from '../generate/log-events.ts'
import { iso, type Json } from '../world.ts'
import { LoggedState } from './log.ts'

/** Changes to apps and to who is assigned to them. */
export class AppChanges extends LoggedState {
  addApp(given: Partial<App> & { label: string }): App {
    const table = this.state.apps.table
    const now = iso(this.now())
    const made = { ...generateApp(this.world, table.end), name: 'bookmark', signOnMode: 'BOOKMARK' }
    const index = table.append({ ...made, status: 'ACTIVE', ...given, id: made.id, created: now, lastUpdated: now })
    this.log('application.lifecycle.create', [this.appTarget(index)])
    return this.app_(index)
  }

  updateApp(id: string, change: Partial<Omit<App, 'id'>>): App {
    const index = this.appIndex(id)
    const before = this.app_(index)
    this.state.apps.table.set(index, { ...before, ...change, lastUpdated: iso(this.now()) })
    const status = change.status ?? before.status
    const verb = status === before.status ? 'update' : status === 'ACTIVE' ? 'activate' : 'deactivate'
    this.log(`application.lifecycle.${verb}`, [this.appTarget(index)])
    return this.app_(index)
  }

  deleteApp(id: string): void {
    const index = this.appIndex(id)
    const app = this.appTarget(index)
    this.state.apps.table.delete(index)
    this.log('application.lifecycle.delete', [app])
  }

  assignUser(appId: string, userId: string, given: Partial<AppUser> = {}): AppUser {
    const [app, user] = [this.appIndex(appId), this.userIndex(userId)]
    this.gainApp(app, user, 'USER', given)
    const record = this.state.apps.user(app, user)
    if (!record) throw new Error(`${userId} cannot hold ${appId}: deactivated people keep only inactive apps`)
    return record
  }

  unassignUser(appId: string, userId: string): void {
    const [app, user] = [this.appIndex(appId), this.userIndex(userId)]
    if (this.state.apps.removeUser(app, user)) this.#logAppUser('remove', app, user)
  }

  /** All members of the group get the app. */
  assignGroup(appId: string, groupId: string, given: { priority?: number; profile?: Json } = {}): void {
    const [app, group] = [this.appIndex(appId), this.groupIndex(groupId)]
    const priority = given.priority ?? this.state.apps.groups(app).length
    const lastUpdated = iso(this.now())
    this.state.apps.putGroup(app, { group, lastUpdated, priority, profile: given.profile ?? {} })
    this.log('group.application_assignment.add', [this.groupTarget(group), this.appTarget(app)])
    for (const { user } of this.state.groups.members(group)) this.gainApp(app, user, 'GROUP')
  }

  unassignGroup(appId: string, groupId: string): void {
    const [app, group] = [this.appIndex(appId), this.groupIndex(groupId)]
    if (!this.state.apps.removeGroup(app, group)) return
    this.log('group.application_assignment.remove', [this.groupTarget(group), this.appTarget(app)])
    for (const { user } of this.state.groups.members(group)) this.loseGroupApp(app, user)
  }

  /** Nothing happens to who has the app already, or may not have it. */
  protected gainApp(app: number, user: number, scope: 'USER' | 'GROUP', given: Partial<AppUser> = {}): void {
    const before = this.state.apps.user(app, user)
    if (this.state.users.status(user) === 'DEPROVISIONED' || (before && scope === 'GROUP')) return
    const now = iso(this.now())
    const login = this.state.users.get(user)?.profile.login
    const made = before ?? generateAppUser(this.world, app, user, false)
    const times = { created: before?.created ?? now, lastUpdated: now, statusChanged: before?.statusChanged ?? now }
    const credentials = { userName: login }
    this.state.apps.putUser(app, user, { ...made, ...times, scope, status: 'ACTIVE', credentials, ...given })
    this.#logAppUser(before ? 'update' : 'add', app, user)
  }

  /** Leaving one granting group takes the app away when nothing else grants it. */
  protected loseGroupApp(app: number, user: number): void {
    if (this.state.apps.user(app, user)?.scope !== 'GROUP') return
    if (this.state.apps.groups(app).some(({ group }) => this.state.groups.isMember(group, user))) return
    if (this.state.apps.removeUser(app, user)) this.#logAppUser('remove', app, user)
  }

  protected touchMembership(group: number): void {
    const record = this.group_(group)
    this.state.groups.table.set(group, { ...record, lastMembershipUpdated: iso(this.now()) })
  }

  protected group_(index: number): Group {
    const group = this.state.groups.table.get(index)
    if (!group) throw new Error(`The simulated org has no group number ${index}`)
    return group
  }

  protected app_(index: number): App {
    const app = this.state.apps.table.get(index)
    if (!app) throw new Error(`The simulated org has no app number ${index}`)
    return app
  }

  #logAppUser(verb: 'add' | 'remove' | 'update', app: number, user: number): void {
    const person = this.userTarget(user)
    const appUser = target('AppUser', `0ua${person.id.slice(3)}`, person.displayName ?? '', person.alternateId ?? '')
    this.log(`application.user_membership.${verb}`, [appUser, this.appTarget(app), person])
  }
}
