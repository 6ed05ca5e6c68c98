import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshDatabase } from '../../test/harness/database.ts'
import { type Db, openDb, type Queryable } from './db.ts'
import type { Relation } from './relation.ts'
import {
  ADMINISTRATORS,
  APPLICATION_GROUPS,
  APPLICATION_USERS,
  GROUP_USERS,
  USER_APPLICATIONS,
  USER_GROUPS,
} from './relation-people.ts'
import { POLICY_USERS } from './relation-policies.ts'
import { listRelated, relatedKeyOf } from './relations.ts'

const PEOPLE = 100_000
const CONNECTION = '00000000-0000-4000-8000-0000000000c1'
/** The id of the nth group or application; users follow one another below another beginning. */
const numbered = (kind: 'a' | 'b' | 'd', number: number) =>
  `${kind}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`

let db: Db
let drop: () => Promise<void>
beforeAll(async () => {
  const database = await freshDatabase()
  drop = () => database.drop()
  db = await openDb(database.url)
  const sql = (kind: 'a' | 'b' | 'd', number: string) =>
    `('${kind}0000000-0000-4000-8000-' || lpad((${number})::text, 12, '0'))::uuid`
  const internal = "'{}', '', now(), now(), 'hand'"
  const columns = 'raw, content_hash, first_seen_at, changed_at, stream, connection_id, is_deleted, vendor_id'
  const rest = `${internal}, '${CONNECTION}', false, n`
  await db.query("insert into connections (id, vendor, origin) values ($1, 'OKTA_IDP', 'https://x.okta.com')", [
    CONNECTION,
  ])
  await db.query(
    `insert into users (id, display_name, status, custom_attributes, ${columns})
     select ${sql('a', 'n')}, 'x', 'active', '{}', ${rest} from generate_series(1, ${PEOPLE}) n`,
  )
  await db.query(
    `insert into groups (id, types, name, object_classes, custom_attributes, ${columns})
     select ${sql('b', 'n')}, '{}', 'x', '{}', '{}', ${rest} from generate_series(1, 5000) n`,
  )
  await db.query(
    `insert into applications (id, labels, name, status, features, ${columns})
     select ${sql('d', 'n')}, '{}', 'x', 'active', '{}', ${rest} from generate_series(1, 50) n`,
  )
  // Everyone is in the first group and has the first application; some are in a few more and have a few more.
  await db.query(
    `insert into group_memberships (id, group_id, group_vendor_id, user_id, user_vendor_id, user_status, ${columns})
     select gen_random_uuid(), ${sql('b', 'g')}, 'g', ${sql('a', 'u')}, 'u', 'active', ${rest}
       from (select u, 1 as g from generate_series(1, ${PEOPLE}) u
             union all select u, 2 + u % 199 from generate_series(1, ${PEOPLE}, 5) u) m(u, g), lateral (select u || ':' || g) v(n)`,
  )
  await db.query(
    `insert into application_assignments
       (id, application_id, application_vendor_id, principal_type, principal_id, principal_vendor_id, ${columns})
     select gen_random_uuid(), ${sql('d', 'a')}, 'a', kind, p, 'p', ${rest} from (
         select 1 as a, 'user' as kind, ${sql('a', 'u')} as p from generate_series(1, ${PEOPLE}) u
         union all select 2 + u % 49, 'user', ${sql('a', 'u')} from generate_series(1, ${PEOPLE}, 5) u
         union all select 1 + g % 50, 'group', ${sql('b', 'g')} from generate_series(1, 200) g) m(a, kind, p),
       lateral (select a || kind || p) v(n)`,
  )
  await db.query(
    `insert into policies (id, type, name, status, is_mappable, conditions, ${columns})
     select ${sql('d', 'n')}, 'x', 'x', 'active', false, '{"people": {"users": {"exclude": ["7", "8", "x"]}}}', ${rest}
       from generate_series(1, 1) n`,
  )
  await db.query(
    `insert into role_assignments
       (id, principal_type, principal_id, principal_vendor_id, role_type, assignment_vendor_id, status, ${columns})
     select gen_random_uuid(), 'user', ${sql('a', 'n % 60 * 1000 + 1')}, 'u', 'custom', 'x', 'active', ${rest}
       from generate_series(1, 90) n`,
  )
  await db.query('analyze')
}, 120_000)
afterAll(async () => {
  await db.close()
  await drop()
})

const LARGE = ['group_memberships', 'application_assignments', 'users']

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
const rowsOf = (plan: Plan) => (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']

/** What PostgreSQL does for a page: the most rows that it goes through of any large table, and those it reads from end to end. */
async function work(
  relation: Relation,
  id: string | null,
  { from, direction, asOf }: { from: string | null; direction: 'next' | 'previous'; asOf: string | null },
) {
  let plan: Plan | undefined
  const explaining: Queryable = {
    query: async (sql, params) => {
      const [row] = await db.query<{ 'QUERY PLAN': string }>(`explain (analyze, format json) ${sql}`, params)
      const [{ Plan: root }] = JSON.parse(row?.['QUERY PLAN'] ?? '') as [{ Plan: Plan }]
      plan = root
      return db.query(sql, params)
    },
  }
  const rows = await listRelated(explaining, relation, {
    connectionId: CONNECTION,
    parent: id === null ? null : { id, is_deleted: false },
    filters: { updatedSince: null, includeDeleted: false, asOf },
    window: { direction, from: from === null ? null : [from], offset: 0, limit: 101 },
    raw: false,
  })
  const nodes = (plan ? nodesOf(plan) : []).filter((node) => LARGE.includes(node['Relation Name'] ?? ''))
  const scanned = nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'])
  return { rows, scanned, most: Math.max(...nodes.map(rowsOf)) }
}

const [GROUP, USER, APPLICATION, POLICY] = [numbered('b', 1), numbered('a', 1), numbered('d', 1), numbered('d', 1)]
const MIDDLE = numbered('a', PEOPLE / 2)

it.each([
  ['the users of a group of 100,000', GROUP_USERS, GROUP, MIDDLE, 101],
  ['the users of an application of 100,000', APPLICATION_USERS, APPLICATION, MIDDLE, 101],
  ['the groups of an application of 100,000', APPLICATION_GROUPS, APPLICATION, null, 4],
  ['the groups of a user', USER_GROUPS, USER, null, 2],
  ['the applications of a user', USER_APPLICATIONS, USER, null, 2],
  ['the users that a policy names', POLICY_USERS, POLICY, null, 2],
  ['the administrators among 100,000 users', ADMINISTRATORS, null, null, 60],
] as const)('a page of %s reads about as many rows as it has', async (_, relation, id, middle, expected) => {
  for (const from of [null, middle]) {
    const places = (['next', 'previous'] as const).map((direction) => ({ from, direction, asOf: null }))
    const then = relation.told.length > 0 ? places.map((place) => ({ ...place, asOf: '2999-01-01T00:00:00Z' })) : []
    for (const place of [...places, ...then]) {
      const { rows, scanned, most } = await work(relation, id, place)
      expect(rows).toHaveLength(expected)
      expect(rows.map((row) => row.id)).toEqual(rows.flatMap(relatedKeyOf).sort())
      expect(scanned).toEqual([])
      expect(most).toBeLessThan(2_000)
    }
  }
})
