import type { Target } from '../connector.ts'
import { type Named, type NamedPolicy, namedBy } from './log-event-named.ts'
import { MAPPABLE } from './streams/policies.ts'
import { isObject } from './wire.ts'

interface Rule {
  readonly of: (named: Named) => readonly Target[]
  /** The event says by itself that something changed, whatever its outcome: a lock-out is a failed sign-in. */
  readonly whatever?: true
}

/** Outcomes of what did not happen. An import may end in others and still have changed something. */
const DID_NOT_HAPPEN: ReadonlySet<unknown> = new Set([
  'FAILURE',
  'DENY',
  'SKIPPED',
  'CHALLENGE',
  'RATE_LIMIT',
  'ABANDONED',
  'UNANSWERED',
])

const record = (stream: string, key: string): Target => ({ kind: 'record', stream, key })
const children = (stream: string, key: string): Target => ({ kind: 'children', stream, key })
const whole = (stream: string): Target => ({ kind: 'stream', stream })

const user: Rule = { of: ({ users }) => users.map((id) => record('users', id)) }
/** What is listed per user, the user as well. */
const userWith = (...streams: readonly string[]): Rule => ({
  of: (named) => [...user.of(named), ...named.users.flatMap((id) => streams.map((stream) => children(stream, id)))],
})
const factors: Rule = { of: ({ users }) => users.map((id) => children('factors', id)) }
const roles: Rule = { of: ({ users }) => users.map((id) => children('named_user_roles', id)) }
const group: Rule = { of: ({ groups }) => groups.map((id) => record('groups', id)) }

/** One request per user; the group's listing shows the same. */
const membership: Rule = {
  of: ({ users, groups }) => {
    const only = groups.length === 1 ? groups[0] : undefined
    const shownBy = only === undefined ? {} : { shownBy: { stream: 'group_memberships', key: only } }
    return users.map((key) => ({ kind: 'children', stream: 'user_groups', key, ...shownBy }))
  },
}

/** A group that gives a role changes what all its members hold. */
const groupRoles: Rule = {
  of: (named) => [
    ...group.of(named),
    ...named.groups.map((id) => children('group_roles', id)),
    ...(named.groups.length > 0 ? [whole('user_roles')] : []),
  ],
}
/** Who gained or lost by a binding is said in several ways: everybody who holds a role is asked. */
const allRoles: Rule = {
  of: (named) => [...group.of(named), ...roles.of(named), whole('group_roles'), whole('user_roles')],
}

const application: Rule = { of: ({ applications }) => applications.map((id) => record('applications', id)) }
const applicationWith = (...streams: readonly string[]): Rule => ({
  of: (named) => [
    ...application.of(named),
    ...named.applications.flatMap((id) => streams.map((stream) => children(stream, id))),
  ],
})
/** The assignment of each user named; where none is, Okta's id of the assignment alone leads nowhere. */
const applicationUser: Rule = {
  of: ({ users, applications }) =>
    applications.flatMap((key): Target[] => {
      const shownBy = { stream: 'application_users', key }
      if (users.length === 0) return [{ kind: 'children', ...shownBy }]
      return users.map((id) => ({ kind: 'record', stream: 'application_users', key: `${key}:user:${id}`, shownBy }))
    }),
}
/** The counts of the group are in its record. */
const applicationGroup: Rule = {
  of: (named) => [
    ...group.of(named),
    ...named.applications.flatMap((id) => [children('application_groups', id), children('application_users', id)]),
    // Where only the group is named, its own listing tells which applications it has.
    ...(named.applications.length > 0 ? [] : named.groups.map((id) => children('group_applications', id))),
  ],
}

/** Priorities of its siblings shift with a policy, so that the type is listed again. */
const policy: Rule = {
  of: ({ policies }) =>
    policies.flatMap(({ type, isGroupRule }) => {
      if (isGroupRule) return []
      return [type === null ? whole('policies') : children('policies', type)]
    }),
}
/** Its place among its siblings stays, so that it is enough to read it alone. */
const policyAlone: Rule = {
  of: (named) =>
    realPolicies(named).map(({ id, type }) => ({
      ...record('policies', id),
      ...(type !== null && { shownBy: { stream: 'policies', key: type } }),
    })),
}
const policyWithRules: Rule = {
  of: (named) => [...policy.of(named), ...realPolicies(named).map(({ id }) => children('policy_rules', id))],
}
const newPolicy: Rule = {
  of: (named) => [
    ...policyWithRules.of(named),
    ...realPolicies(named)
      .filter(({ type }) => MAPPABLE.has(type))
      .map(({ id }) => children('policy_mappings', id)),
  ],
}
/** The applications of a policy that is gone have another one, of which nothing is logged. */
const gonePolicy: Rule = {
  of: (named) => [
    ...policy.of(named),
    ...(realPolicies(named).some(({ type }) => type === null || MAPPABLE.has(type)) ? [whole('applications')] : []),
  ],
}
const policyRules: Rule = {
  of: (named) => {
    if (named.policies.length === 0) return [whole('policy_rules')]
    return realPolicies(named).map(({ id }) => children('policy_rules', id))
  },
}
/** Only the new policy is named. The application's record tells which it had before. */
const policyMapping: Rule = {
  of: (named) => [
    ...(named.applications.length === 0 ? [whole('applications')] : application.of(named)),
    ...realPolicies(named).map(({ id }) => children('policy_mappings', id)),
  ],
}
const enrollmentPolicies: Rule = { of: () => [children('policies', 'MFA_ENROLL')] }

const realPolicies = ({ policies }: Named): readonly NamedPolicy[] => policies.filter(({ isGroupRule }) => !isGroupRule)

/**
 * What each event says has to be read again; an event that is not here says nothing of the kind. Its types are those of
 * Okta's catalogue: https://developer.okta.com/docs/reference/api/event-types/
 */
export const LOG_EVENT_RULES: ReadonlyMap<string, Rule> = new Map([
  ...each('user.lifecycle', ['create', 'activate'], userWith('user_groups', 'factors')),
  ...each('user.lifecycle', ['suspend', 'unsuspend'], userWith('user_groups')),
  ...each(
    'user.lifecycle',
    ['deactivate', 'reactivate'],
    userWith('user_groups', 'factors', 'user_applications', 'named_user_roles'),
  ),
  ...each('user.lifecycle', ['delete.initiated', 'delete.completed'], user),
  // Statuses are computed as users come back: only who is read again shows.
  ...each('user.lifecycle', ['password_mass_expiry'], { of: () => [whole('users')] }),
  ...each(
    'user.account',
    ['update_profile', 'update_primary_email', 'update_secondary_email', 'update_user_type', 'update_password'],
    user,
  ),
  ...each('user.account', ['unlock', 'unlock_by_admin', 'reset_password', 'expire_password'], user),
  ...each('user.account', ['lock', 'lock.limit'], { ...user, whatever: true }),
  ...each('user', ['import.password', 'realm.update'], user),
  ...each('account.user', ['classify'], user),
  ...each(
    'system.import.user',
    ['create', 'update', 'delete', 'suspend', 'unsuspend', 'unsuspend_after_confirm'],
    user,
  ),
  ...each('system.import.user', ['update_user_lifecycle_from_master'], user),
  ...each('app.realtimesync.import.details', ['add_user', 'update_user', 'delete_user'], user),

  ...each('user.mfa.factor', ['activate', 'deactivate', 'update', 'reset_all', 'suspend', 'unsuspend'], factors),
  ...each('device', ['user.add', 'user.remove', 'enrollment.create'], factors),
  ...each('device.lifecycle', ['activate', 'deactivate', 'suspend', 'unsuspend', 'delete'], factors),

  ...each('group.user_membership', ['add', 'remove'], membership),
  ...each('group.lifecycle', ['create', 'delete'], group),
  ...each('group.profile', ['update'], group),
  ...each('system.import.group', ['create', 'update', 'delete'], group),
  ...each('app.user_management.user_group_import', ['upsert_success', 'delete_success'], group),

  ...each('application.lifecycle', ['create'], applicationWith('application_users', 'application_groups')),
  ...each('application.lifecycle', ['activate', 'deactivate'], applicationWith('application_users')),
  ...each('application.lifecycle', ['update', 'delete'], application),
  ...each('application.configuration', ['update'], application),
  ...each('application.policy.sign_on', ['update', 'rule.create', 'rule.delete'], application),
  ...each('app.oauth2.client.lifecycle', ['create', 'update', 'activate', 'deactivate', 'delete'], application),
  ...each('app.keys', ['generate', 'rotate', 'clone', 'delete'], application),
  ...each('group.application_assignment', ['add', 'remove', 'update'], applicationGroup),
  ...each(
    'application.user_membership',
    ['add', 'remove', 'update', 'change_username', 'provision', 'deprovision', 'approve', 'revoke', 'restore'],
    applicationUser,
  ),
  // A push that failed shows in the state of the assignment.
  ...each(
    'application.provision.user',
    ['activate', 'deactivate', 'deprovision', 'reactivate', 'push', 'push_profile', 'sync', 'import', 'delete'],
    { ...applicationUser, whatever: true },
  ),

  ...each('user.account.privilege', ['grant', 'revoke'], roles),
  ...each('group.privilege', ['grant', 'revoke'], groupRoles),
  ...each('iam.resourceset', ['bindings.add', 'bindings.delete', 'delete'], allRoles),
  ...each('iam.role', ['update', 'delete'], allRoles),

  ...each('policy.lifecycle', ['update'], policy),
  ...each('policy.lifecycle', ['activate', 'deactivate'], policyAlone),
  ...each('policy.lifecycle', ['create'], newPolicy),
  ...each('policy.lifecycle', ['overwrite'], policyWithRules),
  ...each('policy.lifecycle', ['delete'], gonePolicy),
  ...each('policy.branch.lifecycle', ['promote', 'rollback'], policyWithRules),
  ...each('policy.rule', ['add', 'update', 'activate', 'deactivate', 'delete', 'invalidate'], policyRules),
  ...each('policy.mapping', ['create'], policyMapping),
  ...each('security.authenticator.lifecycle', ['create', 'update', 'activate', 'deactivate'], enrollmentPolicies),
  ...each('system.mfa.factor', ['activate', 'deactivate'], enrollmentPolicies),
])

function each(prefix: string, ends: readonly string[], rule: Rule): [string, Rule][] {
  return ends.map((end) => [`${prefix}.${end}`, rule])
}

/** What has to be read again because of an event, as received. Never throws: an unknown or odd one says nothing. */
export function logEventTargets(event: unknown): readonly Target[] {
  if (!isObject(event) || typeof event.eventType !== 'string') return []
  const rule = LOG_EVENT_RULES.get(event.eventType)
  if (rule === undefined) return []
  const outcome = isObject(event.outcome) ? event.outcome.result : null
  if (DID_NOT_HAPPEN.has(outcome) && !rule.whatever) return []
  const seen = new Set<string>()
  return rule.of(namedBy(event)).filter((target) => {
    const text = JSON.stringify(target)
    return !seen.has(text) && seen.add(text)
  })
}
