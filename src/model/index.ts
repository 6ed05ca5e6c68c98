import { Application } from './application.ts'
import { ApplicationAssignment } from './application-assignment.ts'
import type { Entity } from './entity.ts'
import { Factor } from './factor.ts'
import { Group } from './group.ts'
import { GroupMembership } from './group-membership.ts'
import { LogEvent } from './log-event.ts'
import { Policy } from './policy.ts'
import { PolicyMapping } from './policy-mapping.ts'
import { PolicyRule } from './policy-rule.ts'
import { RoleAssignment } from './role-assignment.ts'
import { User } from './user.ts'

/** Every entity, in the order in which they are documented. */
export const ENTITIES: readonly Entity[] = [
  User,
  Group,
  GroupMembership,
  Application,
  ApplicationAssignment,
  Factor,
  RoleAssignment,
  Policy,
  PolicyRule,
  PolicyMapping,
  LogEvent,
]

const BY_NAME: ReadonlyMap<string, Entity> = new Map(ENTITIES.map((entity) => [entity.name, entity]))

/** The entity of that name (`group-membership`), or undefined when there is none. */
export const entityByName = (name: string): Entity | undefined => BY_NAME.get(name)
