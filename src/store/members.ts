import { GroupMembership } from '../model/group-membership.ts'
import { arrayLiteral } from './columns.ts'
import type { Queryable } from './db.ts'

/** Okta's ids of the users that these group memberships are of, vanished ones with them. */
export async function usersOfMemberships(db: Queryable, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.query<{ user_vendor_id: string }>(
    `select distinct user_vendor_id from ${GroupMembership.table} where id = any($1::uuid[])`,
    [arrayLiteral(ids)],
  )
  return rows.map(({ user_vendor_id: key }) => key)
}

/** Whether the user of this id of ours is in any group that is stored. */
export async function isInAnyGroup(db: Queryable, userId: string): Promise<boolean> {
  const [row] = await db.query<{ is_in: boolean }>(
    `select exists (select from ${GroupMembership.table} where user_id = $1 and not is_deleted) as is_in`,
    [userId],
  )
  return row?.is_in ?? false
}
