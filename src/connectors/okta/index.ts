import type { Connector } from '../connector.ts'
import type { OktaClient } from './client/client.ts'
import { logEventTargets } from './log-event-targets.ts'
import { amongMembers } from './streams/among-members.ts'
import { applicationGroups } from './streams/application-groups.ts'
import { applicationUsers } from './streams/application-users.ts'
import { applications } from './streams/applications.ts'
import { factors } from './streams/factors.ts'
import { groupApplications } from './streams/group-applications.ts'
import { groupMemberships } from './streams/group-memberships.ts'
import { groupRoles } from './streams/group-roles.ts'
import { groups } from './streams/groups.ts'
import { logEvents } from './streams/log-events.ts'
import { namedUserRoles } from './streams/named-user-roles.ts'
import { policies } from './streams/policies.ts'
import { policyMappings } from './streams/policy-mappings.ts'
import { policyRules } from './streams/policy-rules.ts'
import { userApplications } from './streams/user-applications.ts'
import { userGroups } from './streams/user-groups.ts'
import { userRoles } from './streams/user-roles.ts'
import { users } from './streams/users.ts'

export type { OktaClient } from './client/client.ts'
export { estimateSync } from './estimate.ts'
export { type Preflight, type PreflightRow, preflight } from './preflight.ts'

/** Okta: every listing Rollcall reads, parents before their children. */
export const okta: Connector<OktaClient> = {
  vendor: 'OKTA_IDP',
  streams: [
    users,
    groups,
    groupMemberships,
    applications,
    applicationUsers,
    applicationGroups,
    factors,
    userRoles,
    groupRoles,
    policies,
    policyRules,
    policyMappings,
    logEvents,
  ],
  sideways: [userGroups, userApplications, groupApplications, namedUserRoles],
  amongMembers,
  targetsOf: logEventTargets,
}
