import { expect, test } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { newId } from '../ids.ts'
import type { Db } from './db.ts'
import { cleanUp } from './housekeeping.ts'

const ORGANIZATION = '00000000-0000-4000-8000-000000000001'
const ENVIRONMENT = '00000000-0000-4000-8000-00000000000e'

let db: Db
useDatabase('file', (opened) => {
  db = opened
})
async function connection(deletedDaysAgo: number | null): Promise<string> {
  const id = newId()
  await db.query(
    `insert into connections (id, vendor, origin, state, deleted_at)
     values ($1, 'OKTA_IDP', 'https://acme.okta.com', case when $2::int is null then 'ACTIVE' else 'DELETED' end,
             now() - make_interval(days => $2))`,
    [id, deletedDaysAgo],
  )
  return id
}

/** An ended sync of so many days ago, which read these streams completely. */
async function job(connectionId: string, daysAgo: number, complete: readonly string[]): Promise<string> {
  const id = newId()
  await db.query(
    `insert into sync_jobs (id, connection_id, mode, state, outcome, settings, started_at, created_at)
     values ($1, $2, 'full', 'ended', 'complete', '{}', now(), now() - make_interval(days => $3))`,
    [id, connectionId, daysAgo],
  )
  await db.query(
    `insert into sync_steps (job_id, stream, state, outcome, ended_at)
     select $1, unnest($2::text[]), 'ended', 'complete', now() - make_interval(days => $3)`,
    [id, complete, daysAgo],
  )
  return id
}

test('a connection deleted a month ago goes with all that was read; one deleted yesterday stays', async () => {
  const [old, recent, live] = [await connection(31), await connection(1), await connection(null)]
  await job(old, 40, ['users'])
  await cleanUp(db, { changesDays: 90 })
  const left = await db.query<{ id: string }>('select id from connections')
  expect(left.map(({ id }) => id).sort()).toEqual([recent, live].sort())
  expect(await db.query('select from sync_jobs where connection_id = $1', [old])).toEqual([])
})

test('of old syncs the newest hundred stay, and those that tell when a resource was first read and last complete', async () => {
  const id = await connection(null)
  const first = await job(id, 400, ['users'])
  const lastFactors = await job(id, 300, ['users', 'factors'])
  const outdated = await job(id, 200, ['users'])
  const newer = await Promise.all(Array.from({ length: 100 }, (_, index) => job(id, 95 + index, ['users'])))
  await cleanUp(db, { changesDays: 90 })
  const left = await db.query<{ id: string }>('select id from sync_jobs where connection_id = $1', [id])
  const ids = left.map((row) => row.id)
  expect(ids).toContain(lastFactors)
  expect(ids).toContain(first)
  expect(ids).not.toContain(outdated)
  expect(ids).toHaveLength(newer.length + 2)
})

test('invite tokens that ran out a month ago and a year-old audit go, younger ones stay', async () => {
  await db.query(
    `insert into invite_tokens (id, organization_id, vendor, expires_at)
     select gen_random_uuid(), $1, 'OKTA_IDP', now() - make_interval(days => days) from unnest($2::int[]) as days`,
    [ORGANIZATION, [31, 2]],
  )
  await db.query(
    `insert into audit_log (id, at, environment_id, actor_type, action, object_type)
     select gen_random_uuid(), now() - make_interval(days => days), $1, 'api_key', 'connection.read', 'connection'
       from unnest($2::int[]) as days`,
    [ENVIRONMENT, [366, 364]],
  )
  expect(await cleanUp(db, { changesDays: 90 })).toBe(2)
  expect(await db.query('select from invite_tokens')).toHaveLength(1)
  expect(await db.query('select from audit_log')).toHaveLength(1)
  expect(await cleanUp(db, { changesDays: 90 })).toBe(0)
})
