import type { Authenticator } from '../model/factor.ts'
import type { RoleType } from '../model/role-assignment.ts'
import type { UserStatus } from '../model/user.ts'
import type { Queryable } from './db.ts'

export interface StatusCount {
  readonly status: UserStatus
  readonly count: number
}
export interface SignOnModeCount {
  readonly sign_on_mode: string | null
  readonly count: number
}
export interface PolicyTypeCount {
  readonly type: string
  readonly count: number
}
export interface RoleCount {
  readonly role_type: RoleType
  readonly label: string | null
  readonly users: number
  readonly groups: number
}
export interface Administrators {
  readonly users: number
  readonly groups: number
  readonly by_role: RoleCount[]
}
export interface FactorTypeCount {
  readonly factor_type: string | null
  readonly authenticator: Authenticator
  readonly users: number
}
export interface Enrollments {
  /** Active users with any factor. */
  readonly users: number
  readonly by_authenticator: { readonly authenticator: Authenticator; readonly users: number }[]
  readonly by_factor_type: FactorTypeCount[]
}
export interface DaySignIns {
  /** A day in UTC: `2026-01-31`. */
  readonly date: string
  readonly successes: number
  readonly failures: number
}

/** How many users are in each status. Here and below: of those that have not vanished. */
export const usersByStatus = (db: Queryable, connectionId: string): Promise<StatusCount[]> =>
  db.query<StatusCount>(
    'select status, count(*) as count from users where connection_id = $1 and not is_deleted group by status',
    [connectionId],
  )

export async function countGroups(db: Queryable, connectionId: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'select count(*) as count from groups where connection_id = $1 and not is_deleted',
    [connectionId],
  )
  return row?.count ?? 0
}

export const applicationsBySignOnMode = (db: Queryable, connectionId: string): Promise<SignOnModeCount[]> =>
  db.query<SignOnModeCount>(
    `select sign_on_mode, count(*) as count from applications where connection_id = $1 and not is_deleted
      group by sign_on_mode order by count desc, sign_on_mode nulls last`,
    [connectionId],
  )

export const policiesByType = (db: Queryable, connectionId: string): Promise<PolicyTypeCount[]> =>
  db.query<PolicyTypeCount>(
    `select type, count(*) as count from policies where connection_id = $1 and not is_deleted
      group by type order by count desc, type`,
    [connectionId],
  )

/**
 * Who holds admin roles: each user and each group once in all, and once per role. A role whose holder has vanished is
 * nobody's, also where roles could not be read since.
 */
export async function administrators(db: Queryable, connectionId: string): Promise<Administrators> {
  const principals = (type: string) => `count(distinct principal_id) filter (where principal_type = '${type}')`
  const rows = await db.query<RoleCount & { is_total: boolean }>(
    `select grouping(role_type) = 1 as is_total, role_type, label,
            ${principals('user')} as users, ${principals('group')} as groups
       from role_assignments r
      where connection_id = $1 and not is_deleted and status <> 'inactive'
        and not exists (select from users u where u.id = r.principal_id and u.is_deleted)
        and not exists (select from groups g where g.id = r.principal_id and g.is_deleted)
      group by grouping sets ((), (role_type, label)) order by users desc, groups desc, label`,
    [connectionId],
  )
  const total = rows.find(({ is_total }) => is_total)
  return {
    users: total?.users ?? 0,
    groups: total?.groups ?? 0,
    by_role: rows
      .filter(({ is_total }) => !is_total)
      .map(({ role_type, label, users, groups }) => ({ role_type, label, users, groups })),
  }
}

/**
 * How many active users are enrolled with a factor: with any, with each authenticator, with each type of factor. A user
 * counts once, however many factors show for them.
 */
export async function enrollments(db: Queryable, connectionId: string): Promise<Enrollments> {
  const rows = await db.query<FactorTypeCount & { level: number }>(
    `select grouping(authenticator, factor_type) as level, authenticator, factor_type, count(distinct user_id) as users
       from (select distinct f.user_id, f.authenticator, f.factor_type
               from factors f join users u on u.id = f.user_id
              where f.connection_id = $1 and not f.is_deleted and f.is_enrolled
                and u.connection_id = $1 and not u.is_deleted and u.status = 'active') enrolled
      group by grouping sets ((), (authenticator), (authenticator, factor_type))
      order by users desc, authenticator, factor_type`,
    [connectionId],
  )
  return {
    users: rows.find(({ level }) => level === ALL)?.users ?? 0,
    by_authenticator: rows
      .filter(({ level }) => level === ONE_AUTHENTICATOR)
      .map(({ authenticator, users }) => ({ authenticator, users })),
    by_factor_type: rows
      .filter(({ level }) => level === ONE_TYPE)
      .map(({ factor_type, authenticator, users }) => ({ factor_type, authenticator, users })),
  }
}

/** What `grouping` says of a row: a bit for each column that it was not grouped by. */
const [ALL, ONE_AUTHENTICATOR, ONE_TYPE] = [0b11, 0b01, 0b00]

/**
 * Sign-ins of the UTC days from `since` on, as far as there were any. `user.session.start` stands for one sign-in to
 * Okta, whatever steps and applications came with it.
 */
export const signInsByDay = (
  db: Queryable,
  { connectionId, since, until }: { readonly connectionId: string; readonly since: string; readonly until: string },
): Promise<DaySignIns[]> =>
  db.query<DaySignIns>(
    `select to_char(published_at at time zone 'UTC', 'YYYY-MM-DD') as date,
            count(*) filter (where outcome = 'SUCCESS') as successes,
            count(*) filter (where outcome in ('FAILURE', 'DENY')) as failures
       from log_events
      where connection_id = $1 and event_type = 'user.session.start' and not is_deleted
        and published_at >= $2 and published_at < $3
      group by 1 order by 1`,
    [connectionId, since, until],
  )

/** When the first and the last event that is held happened; null where none is. */
export async function logSpan(
  db: Queryable,
  connectionId: string,
): Promise<{ readonly first: string | null; readonly last: string | null }> {
  const [span] = await db.query<{ first: string | null; last: string | null }>(
    `select min(published_at) as first, max(published_at) as last
       from log_events where connection_id = $1 and not is_deleted`,
    [connectionId],
  )
  return span ?? { first: null, last: null }
}
