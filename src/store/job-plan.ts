import type { Entity } from '../model/entity.ts'
import type { Queryable } from './db.ts'
import { JOB, type Job, listSteps, type Step } from './jobs.ts'

/** What a sync is expected to take, as it is stored with its job and shown before it. */
export interface SyncPlan {
  /** Requests to the vendor. */
  readonly requests: number
  /** Seconds, at the pace that the vendor's limits leave; null where those are not known. */
  readonly seconds: number | null
  /** It takes this much and more: not everything could be counted beforehand. */
  readonly at_least: boolean
  /** By the vendor's rate limits. */
  readonly buckets: Readonly<Record<string, PlannedBucket>>
  /** Requests by stream. */
  readonly resources: Readonly<Record<string, number>>
}

export interface PlannedBucket {
  readonly requests: number
  /** Seconds at the pace that this limit leaves; null where it is not known. */
  readonly seconds: number | null
}

/** A plan beside what has been spent of it. */
export interface PlanSpent extends Omit<SyncPlan, 'buckets'> {
  readonly buckets: Readonly<Record<string, PlannedBucket & { readonly spent: number }>>
}

/** The plan of a job with what its steps have spent, also of limits that were not planned for. */
export function withSpent(plan: SyncPlan, steps: readonly Pick<Step, 'buckets'>[]): PlanSpent {
  const spent: Record<string, number> = {}
  for (const { buckets } of steps)
    for (const [bucket, requests] of Object.entries(buckets)) spent[bucket] = (spent[bucket] ?? 0) + requests
  const names = [...new Set([...Object.keys(plan.buckets), ...Object.keys(spent)])]
  const planned = (name: string): PlannedBucket => plan.buckets[name] ?? { requests: 0, seconds: null }
  return {
    ...plan,
    buckets: Object.fromEntries(names.map((name) => [name, { ...planned(name), spent: spent[name] ?? 0 }])),
  }
}

/**
 * How far off a plan was: the difference as a part of what was spent, above 0 where more was spent than planned. Null
 * where there is nothing to compare.
 */
export const estimateError = (plan: Pick<SyncPlan, 'requests'> | null, spent: number): number | null =>
  plan === null || spent === 0 ? null : Math.round(((spent - plan.requests) / spent) * 10_000) / 10_000

/** Keeps the plan of a job, under its lease. */
export async function saveJobPlan(tx: Queryable, jobId: string, plan: SyncPlan): Promise<void> {
  await tx.query('update sync_jobs set plan = $2 where id = $1', [jobId, JSON.stringify(plan)])
}

/** The last full sync of a connection that came to its end, with its steps; null where there is none. */
export async function lastFullSync(
  db: Queryable,
  connectionId: string,
): Promise<{ readonly job: Job; readonly steps: readonly Step[] } | null> {
  const [job] = await db.query<Job>(
    `select ${JOB} from sync_jobs
      where connection_id = $1 and mode = 'full' and state = 'ended' and outcome <> 'failed' and error_code is null
      order by started_at desc limit 1`,
    [connectionId],
  )
  return job ? { job, steps: await listSteps(db, job.id) } : null
}

/** What the vendor granted of each of its limits when it was last asked, in requests a minute. */
export async function lastGranted(db: Queryable, connectionId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ bucket: string; granted: number }>(
    `select distinct on (bucket) bucket, granted
       from (select bucket, granted, minute from request_counts
              where connection_id = $1 and granted is not null order by minute desc limit 5000) latest
      order by bucket, minute desc`,
    [connectionId],
  )
  return new Map(rows.map(({ bucket, granted }) => [bucket, granted]))
}

/** Live rows of a stream by the parent that `column` names. */
export async function countByParent(
  db: Queryable,
  entity: Entity,
  { connectionId, stream, column }: { connectionId: string; stream: string; column: string },
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ parent: string; count: number }>(
    `select "${column}" as parent, count(*) as count from ${entity.table}
      where connection_id = $1 and stream = $2 and not is_deleted group by 1`,
    [connectionId, stream],
  )
  return new Map(rows.map(({ parent, count }) => [parent, count]))
}

/** How many log events so many days brought, up to when the log was last read. */
export async function countEvents(
  db: Queryable,
  entity: Entity,
  { connectionId, days }: { connectionId: string; days: number },
): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*) as count from ${entity.table}
      where connection_id = $1
        and published_at > (select log_polled_at from connections where id = $1) - make_interval(days => $2)`,
    [connectionId, days],
  )
  return row?.count ?? 0
}
