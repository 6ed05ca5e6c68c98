import { Application } from '../../../model/application.ts'
import type { Entity } from '../../../model/entity.ts'
import { Factor } from '../../../model/factor.ts'
import { Group } from '../../../model/group.ts'
import { LogEvent } from '../../../model/log-event.ts'
import { Policy } from '../../../model/policy.ts'
import { ROLE_TYPES, RoleAssignment } from '../../../model/role-assignment.ts'
import { USER_STATUSES, User } from '../../../model/user.ts'
import type { Connection } from '../../../store/connections.ts'
import {
  administrators,
  applicationsBySignOnMode,
  countGroups,
  enrollments,
  logSpan,
  policiesByType,
  signInsByDay,
  usersByStatus,
} from '../../../store/overview.ts'
import { Brief } from '../../brief.ts'
import { endpoint } from '../../endpoint.ts'
import { freshnessOf } from '../../freshness.ts'
import { type OverviewAnswer, OverviewModel } from '../../overview-model.ts'
import type { ApiServices } from '../../services.ts'

/** A page that many look at, or that is loaded again and again, costs one count in this time. */
const BELIEVED_MS = 5_000
const DAY_MS = 24 * 60 * 60 * 1000
const DAYS = 30

const known = new WeakMap<ApiServices, Brief<OverviewAnswer>>()

/** The numbers that people look at first. */
export const overview = endpoint({
  method: 'get',
  path: '/v1/idp/overview',
  operationId: 'get_idp_overview',
  tag: 'idp',
  summary: 'Get overview',
  description: `Users, groups, applications, policies, administrators, MFA and sign-ins of one connection, counted. Records that have
vanished from Okta never count. Each part says how what it counts was read: where \`outcome\` is not \`complete\`, its
numbers are those of what was read before, or of what little there is. Counted anew every ${BELIEVED_MS / 1000} seconds at most.`,
  access: 'connection',
  response: OverviewModel,
  handle: async ({ services, connection }) => {
    const brief = known.get(services) ?? new Brief<OverviewAnswer>(services.clock, BELIEVED_MS)
    known.set(services, brief)
    const answer = await brief.get(connection.id, () => count(services, connection))
    if (!answer) throw new Error('a count is always an answer')
    return answer
  },
})

async function count(services: ApiServices, connection: Connection): Promise<OverviewAnswer> {
  const { db } = services
  const reading = async (entity: Entity) => {
    const { outcome, lastCompleteAt } = await freshnessOf(services, connection, entity)
    return { outcome, last_complete_at: lastCompleteAt }
  }
  // Before anything is counted, so that it never says more of the numbers than is so.
  const [ofUsers, ofGroups, ofApplications, ofPolicies, ofRoles, ofFactors, ofLog] = await Promise.all([
    reading(User),
    reading(Group),
    reading(Application),
    reading(Policy),
    reading(RoleAssignment),
    reading(Factor),
    reading(LogEvent),
  ])
  const [users, groups, applications, policies, admins, enrolled, signIns] = await Promise.all([
    usersByStatus(db, connection.id),
    countGroups(db, connection.id),
    applicationsBySignOnMode(db, connection.id),
    policiesByType(db, connection.id),
    administrators(db, connection.id),
    enrollments(db, connection.id),
    signInsUntil(services, connection.id, ofLog.last_complete_at),
  ])
  const active = users.find(({ status }) => status === 'active')?.count ?? 0
  return {
    users: { ...ofUsers, count: sum(users), by_status: inOrder(users, USER_STATUSES, ({ status }) => status) },
    groups: { ...ofGroups, count: groups },
    applications: { ...ofApplications, count: sum(applications), by_sign_on_mode: applications },
    policies: { ...ofPolicies, count: sum(policies), by_type: policies },
    administrators: {
      ...ofRoles,
      users: admins.users,
      groups: admins.groups,
      by_role: inOrder(admins.by_role, ROLE_TYPES, ({ role_type }) => role_type),
    },
    mfa: {
      ...ofFactors,
      active_users: active,
      with_active_factor: enrolled.users,
      // Counted at another moment, while a sync writes.
      without_factor: Math.max(0, active - enrolled.users),
      by_authenticator: enrolled.by_authenticator,
      factors_by_type: enrolled.by_factor_type,
    },
    sign_ins: { ...ofLog, ...signIns },
  }
}

const sum = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((total, { count }) => total + count, 0)

/** As a closed list has them; what is the same there keeps its order. */
const inOrder = <Item>(items: readonly Item[], order: readonly string[], nameOf: (item: Item) => string): Item[] =>
  [...items].sort((a, b) => order.indexOf(nameOf(a)) - order.indexOf(nameOf(b)))

/** The sign-ins of the last days that the log is known for: before its first event and after its last read nothing is. */
async function signInsUntil(
  { db, clock }: ApiServices,
  connectionId: string,
  lastReadAt: string | null,
): Promise<Pick<OverviewAnswer['sign_ins'], 'held_since' | 'days'>> {
  const today = dayOf(clock.now())
  const window = { since: new Date(today - (DAYS - 1) * DAY_MS), until: new Date(today + DAY_MS) }
  const [{ first, last }, found] = await Promise.all([
    logSpan(db, connectionId),
    signInsByDay(db, { connectionId, since: window.since.toISOString(), until: window.until.toISOString() }),
  ])
  if (first === null || last === null) return { held_since: null, days: [] }
  const from = Math.max(dayOf(Date.parse(first)), window.since.getTime())
  const to = Math.min(Math.max(dayOf(Date.parse(last)), lastReadAt ? dayOf(Date.parse(lastReadAt)) : 0), today)
  const dates = Array.from({ length: Math.max(0, (to - from) / DAY_MS + 1) }, (_, place) =>
    new Date(from + place * DAY_MS).toISOString().slice(0, 10),
  )
  const none = { successes: 0, failures: 0 }
  return { held_since: first, days: dates.map((date) => found.find((day) => day.date === date) ?? { date, ...none }) }
}

/** The beginning of a time's UTC day. All in milliseconds. */
const dayOf = (time: number): number => Math.floor(time / DAY_MS) * DAY_MS
