import type { World } from '../world.ts'
import { Apps } from './apps.ts'
import { Factors } from './factors.ts'
import { Groups } from './groups.ts'
import { Policies } from './policies.ts'
import { Roles } from './roles.ts'
import { SystemLog } from './system-log.ts'
import { Users } from './users.ts'

/** Everything the org holds: generated records and what was changed since. */
export interface OrgState {
  users: Users
  groups: Groups
  apps: Apps
  factors: Factors
  roles: Roles
  policies: Policies
  log: SystemLog
}

export function makeState(world: World): OrgState {
  const users = new Users(world)
  const groups = new Groups(world, users)
  const apps = new Apps(world, users, groups)
  return {
    users,
    groups,
    apps,
    factors: new Factors(world, users),
    roles: new Roles(world, users, groups),
    policies: new Policies(world, apps),
    log: new SystemLog(world, groups.base),
  }
}
