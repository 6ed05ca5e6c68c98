import type { Queryable } from './db.ts'
import { type HealthName, healthNameOf, healthNameOfRead, whatStopped } from './health-name.ts'
import { lastReads, toldJobs } from './job-history.ts'
import { appendToOutbox } from './outbox.ts'
import { warningFacts } from './warning-facts.ts'

interface EndedJob {
  connection_id: string
  job_id: string
  mode: string
  trigger: string
  outcome: string
  error_code: string | null
  started_at: string | null
  ended_at: string
  created: number
  changed: number
  deleted: number
  held_deletes: number
  rejected: number
}

/**
 * Tells whoever listens what a sync has come to, in the transaction that ends its work: `sync.completed` where it is
 * over, `connection.health_changed` where the health of its connection has another name than was last told. `streams`:
 * what that health is made of, unless an error stopped the whole sync.
 */
export async function tellJobEnd(
  tx: Queryable,
  { jobId, isOver, streams }: { readonly jobId: string; readonly isOver: boolean; readonly streams: readonly string[] },
): Promise<void> {
  const [job] = await tx.query<EndedJob>(
    `select j.connection_id, j.id as job_id, j.mode, j.trigger, j.outcome, j.error_code, j.started_at, j.ended_at,
            coalesce(sum(s.created), 0)::bigint as created, coalesce(sum(s.changed), 0)::bigint as changed,
            coalesce(sum(s.deleted), 0)::bigint as deleted, coalesce(sum(s.held_deletes), 0)::bigint as held_deletes,
            coalesce(sum(s.rejected), 0)::bigint as rejected
       from sync_jobs j left join sync_steps s on s.job_id = j.id where j.id = $1 group by j.id`,
    [jobId],
  )
  if (!job) return
  const { connection_id: connectionId, ...data } = job
  if (isOver) await appendToOutbox(tx, connectionId, { type: 'sync.completed', data })
  await tellHealth(tx, connectionId, jobId, streams)
}

/** Tells the health of a connection, if it is another than was last told, where no sync has shown it: `jobId` is null. */
export async function tellHealth(
  tx: Queryable,
  connectionId: string,
  jobId: string | null,
  streams: readonly string[],
): Promise<void> {
  const toldJob = (await toldJobs(tx, [connectionId])).get(connectionId) ?? null
  const reads = streams.length > 0 ? await lastReads(tx, [connectionId], streams) : []
  const [warnings = null] = await warningFacts(tx, [connectionId])
  const facts = { toldJob, lastReads: reads, warnings }
  const health = healthNameOf(facts)
  // A sync that stopped before it knew what there is to read says something only by its error.
  if (health === null || (health === 'HEALTHY' && streams.length === 0)) return
  const [changed] = await tx.query<{ before: HealthName | null }>(
    `update connections c set told_health = $2
       from (select id, told_health from connections where id = $1 for no key update) before
      where c.id = before.id and c.told_health is distinct from $2 returning before.told_health as before`,
    [connectionId, health],
  )
  if (!changed) return
  const worst = reads.find((read) => healthNameOfRead(read) === health)
  const reason = health === 'HEALTHY' ? null : (whatStopped(facts) ?? worst?.reason_code ?? null)
  await appendToOutbox(tx, connectionId, {
    type: 'connection.health_changed',
    data: { previous: changed.before, health, reason_code: reason, job_id: jobId },
  })
}
