import { RETRY_FULL_SECS } from './connections.ts'
import type { Db, Queryable } from './db.ts'
import { createJob, findJob, forgetSteps, JOB, type Job, type JobMode, markCanceled } from './jobs.ts'
import { LEASE_UNTIL } from './lease.ts'
import { isDead, placeOfLeases } from './lease-owner.ts'
import { forgetRefusals } from './schedule.ts'

/**
 * The queue of syncs: the jobs themselves. A job waits in it while it is not ended and has a `run_after`; that a
 * connection has one unfinished job at most is kept by a unique index.
 */

export interface SyncRequest {
  readonly connectionId: string
  readonly trigger: 'connect' | 'schedule' | 'request'
  /** Default: `full`. A job that waits becomes a full one when one is asked for. */
  readonly mode?: JobMode
  /** Laid over the settings of a job that waits; one that has begun keeps its scope, within which its steps were read. */
  readonly settings?: object
  /** ISO time. */
  readonly at: string
}

export interface Enqueued {
  readonly job: Job
  /** False: the connection had an unfinished job, which is returned. */
  readonly isNew: boolean
}

/**
 * Asks for a sync. Idempotent: an unfinished job of the connection is the answer, and one that waits is made runnable
 * at once, with the settings given. A job that is being worked on is left as it is.
 */
export const enqueueSync = (db: Db, request: SyncRequest): Promise<Enqueued> =>
  db.transaction((tx) => enqueue(tx, request))

/** As `enqueueSync`, in a transaction that does more; without `at` it is PostgreSQL's now. */
export async function enqueue(
  tx: Queryable,
  request: Omit<SyncRequest, 'at'> & { at: string | null },
): Promise<Enqueued> {
  const { connectionId, trigger, mode = 'full', settings = {}, at } = request
  if (trigger !== 'schedule') await forgetRefusals(tx, { connectionId })
  for (;;) {
    const created = await createJob(tx, { connectionId, mode, trigger, settings, at, isQueued: true })
    if (created) return { job: created, isNew: true }
    // A job that a person asked for stays theirs when its schedule comes round, and their asking ends any backoff.
    const [unfinished] = await tx.query<Job>(
      `update sync_jobs set
              trigger = case when $2 = 'schedule' and trigger in ('connect', 'request') then trigger else $2 end,
              settings = case when state = 'running' then settings
                              when started_at is null then settings || $3::jsonb
                              else settings || ($3::jsonb - 'scope') end,
              run_after = case when state = 'running' then coalesce(run_after, now()) else now() end,
              attempts = case when state = 'interrupted' and $2 <> 'schedule' then 0 else attempts end
        where connection_id = $1 and state <> 'ended' returning ${JOB}`,
      [connectionId, trigger, JSON.stringify(settings)],
    )
    if (unfinished) return { job: mode === 'full' ? await madeFull(tx, unfinished) : unfinished, isNew: false }
    // It ended between the two.
  }
}

/** An incremental sync that waits becomes a full one; beside one that runs, a full one is due as soon as may be. */
async function madeFull(tx: Queryable, job: Job): Promise<Job> {
  if (job.mode === 'full') return job
  if (job.state === 'running') {
    await tx.query('update connections set next_full_at = now() where id = $1', [job.connection_id])
    return job
  }
  await tx.query("update sync_jobs set mode = 'full' where id = $1", [job.id])
  await forgetSteps(tx, job.id)
  return (await findJob(tx, job.id)) ?? job
}

/**
 * Enqueues a sync for each ACTIVE connection that is due, `limit` at most: an incremental one where there is a full sync
 * to build on and the next full one is not due. Sets when it is due next: where there is nothing to build on, not before
 * the full one would be tried again. Several schedulers at once share the connections among them.
 */
export function enqueueDue(db: Db, limit: number): Promise<Enqueued[]> {
  return db.transaction(async (tx) => {
    // `no key update`, because a page that is being saved, and a job that is being added, refer to the connection.
    const due = await tx.query<{ id: string; mode: JobMode }>(
      `update connections set next_sync_at = now() + make_interval(secs => case
                when full_sync_at is null then greatest(refresh_interval_secs, least(full_interval_secs, ${RETRY_FULL_SECS}))
                else refresh_interval_secs end)
        where id in (select id from connections where state = 'ACTIVE' and next_sync_at <= now()
                      order by next_sync_at limit $1 for no key update skip locked)
        returning id, case when full_sync_at is not null and next_full_at > now() then 'incremental' else 'full' end as mode`,
      [limit],
    )
    const queued: Enqueued[] = []
    for (const { id, mode } of due)
      queued.push(await enqueue(tx, { connectionId: id, mode, trigger: 'schedule', at: null }))
    return queued
  })
}

/**
 * Takes the job that has waited longest, or null when none is to be done: queued or interrupted and runnable, or left
 * by a worker that is dead or has let its lease run out. A job that has been left often waits a while in between, so
 * that one which brings its workers down does not bring them all down.
 *
 * Connections must be ACTIVE; what a person asked for runs on a PAUSED or PENDING one as well, where it may end in an
 * error that says what is missing. Nothing runs on a DELETED one.
 */
export async function leaseNextJob(db: Queryable, { owner }: { readonly owner: string }): Promise<Job | null> {
  const local = await db.query<{ lease_owner: string }>(
    "select lease_owner from sync_jobs where state = 'running' and starts_with(lease_owner, $1)",
    [`${placeOfLeases()}/`],
  )
  const dead = local.map(({ lease_owner }) => lease_owner).filter(isDead)
  const [job] = await db.query<Job>(
    `update sync_jobs set state = 'running', attempts = attempts + 1, lease_owner = $1, lease_until = ${LEASE_UNTIL}
      where id = (
        select j.id from sync_jobs j join connections c on c.id = j.connection_id
         where j.state <> 'ended' and j.run_after <= now()
           and (c.state = 'ACTIVE' or (c.state in ('PAUSED', 'PENDING') and j.trigger in ('connect', 'request')))
           and (j.state <> 'running' or (
                 (j.lease_owner is null or j.lease_until < now() or j.lease_owner = any($2::text[]))
                 and (j.attempts <= 3 or j.lease_until + interval '5 minutes' < now())))
         order by j.run_after, j.created_at limit 1
           for update of j skip locked)
      returning ${JOB}`,
    [owner, dead],
  )
  return job ?? null
}

/**
 * Asks for the end of a job. One that nobody works on ends at once; a running one at its next heartbeat, after the pages
 * in flight. Resolves to the job as it is then, or to null when there is none of this id.
 */
export async function requestCancel(db: Db, jobId: string, at: string): Promise<Job | null> {
  const [running] = await db.query<Job>(
    `update sync_jobs set cancel_requested_at = coalesce(cancel_requested_at, $2)
      where id = $1 and state = 'running' and lease_until >= now() returning ${JOB}`,
    [jobId, at],
  )
  if (running) return running
  return db.transaction(async (tx) => {
    const [job] = await tx.query<Job>(`select ${JOB} from sync_jobs where id = $1 for update`, [jobId])
    if (!job || job.state === 'ended') return job ?? null
    await tx.query('update sync_jobs set cancel_requested_at = coalesce(cancel_requested_at, $2) where id = $1', [
      jobId,
      at,
    ])
    await markCanceled(tx, job, at)
    return findJob(tx, jobId)
  })
}
