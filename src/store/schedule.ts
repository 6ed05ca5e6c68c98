import { ERRORS, type ErrorCode } from '../errors.ts'
import type { Queryable } from './db.ts'
import type { JobOutcome } from './jobs.ts'
import { SILENT_ENDS } from './told-error.ts'

/** From so many syncs in a row on that ended with the same refusal, the schedule slows down. */
export const REFUSALS_BEFORE_SLOWING = 3
/** The longest time between syncs that are refused, unless the connection's own interval is longer. */
const SLOWEST_SECS = 86_400

/** Seconds from one sync to the next: the interval, twice after three refusals in a row, four times after four … */
const PACE = `least(refresh_interval_secs * power(2, refusals - ${REFUSALS_BEFORE_SLOWING - 1}),
                    greatest(${SLOWEST_SECS}, refresh_interval_secs))`

/**
 * Holds the connection of a job until the end of the transaction. Whoever asks for a sync takes connection and job in
 * this order: two who wait for each other would wait for ever.
 */
export const holdConnectionOfJob = (tx: Queryable, jobId: string): Promise<unknown> =>
  tx.query(`select from connections where id = (select connection_id from sync_jobs where id = $1) for no key update`, [
    jobId,
  ])

/**
 * Keeps how many syncs in a row ended with the same refusal, and puts the next one off where they are many: nothing comes
 * of asking again until somebody has mended it. What else a sync may end with says nothing about that, unless it read
 * something.
 */
export async function paceSchedule(
  tx: Queryable,
  jobId: string,
  end: { readonly outcome: JobOutcome; readonly error: { readonly code: ErrorCode } | null },
): Promise<void> {
  if (end.error && SILENT_ENDS.includes(end.error.code)) return
  const code = end.error?.code ?? (end.outcome === 'failed' ? await refusalOfSteps(tx, jobId) : null)
  if (code !== null && ERRORS[code].blame !== 'admin') return
  if (code === null) {
    if (end.error === null) await forgetRefusals(tx, { jobId })
    return
  }
  await tx.query(
    `update connections set refusal_code = $2,
            refused_since = case when refusal_code = $2 then coalesce(refused_since, now()) else now() end,
            refusals = case when refusal_code = $2 then refusals + 1 else 1 end
      where id = (select connection_id from sync_jobs where id = $1)`,
    [jobId, code],
  )
  await tx.query(
    `update connections set next_sync_at = greatest(next_sync_at, now() + make_interval(secs => ${PACE}))
      where id = (select connection_id from sync_jobs where id = $1) and refusals >= ${REFUSALS_BEFORE_SLOWING}`,
    [jobId],
  )
}

/** Why nothing at all was read by a sync that came to its end: the refusal that its first steps met. */
async function refusalOfSteps(tx: Queryable, jobId: string): Promise<ErrorCode | null> {
  const admin = Object.entries(ERRORS).flatMap(([code, { blame }]) => (blame === 'admin' ? [code] : []))
  const [row] = await tx.query<{ reason_code: ErrorCode }>(
    `select reason_code from sync_steps where job_id = $1 and reason_code = any($2::text[])
      order by reason_code = 'okta_suspicious_empty' desc, started_at limit 1`,
    [jobId, admin],
  )
  return row?.reason_code ?? null
}

/** The schedule is as usual from now on: somebody asked for a sync, gave credentials, or one read something. */
export async function forgetRefusals(
  tx: Queryable,
  of: { readonly jobId: string } | { readonly connectionId: string },
): Promise<void> {
  const [place, id] =
    'jobId' in of ? ['(select connection_id from sync_jobs where id = $1)', of.jobId] : ['$1', of.connectionId]
  await tx.query(
    `update connections set refusals = 0, refusal_code = null, refused_since = null,
            next_sync_at = least(next_sync_at, now() + make_interval(secs => refresh_interval_secs))
      where id = ${place} and refusals > 0`,
    [id],
  )
}
