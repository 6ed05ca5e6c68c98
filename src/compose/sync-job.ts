import { systemClock } from '../clock.ts'
import { okta } from '../connectors/okta/index.ts'
import { findTokenOwner } from '../connectors/okta/token-owner.ts'
import { AppError } from '../errors.ts'
import type { Leased } from '../jobs/worker.ts'
import type { Log } from '../log.ts'
import { getConnection, setOrg } from '../store/connections.ts'
import type { Job } from '../store/jobs.ts'
import { isTokenOwnerKnown, noteTokenUsed } from '../store/token.ts'
import { runJob } from '../sync/run-job.ts'
import { settingsOf } from '../sync/settings.ts'
import { askOrg, countOrgBy, orgClient } from './okta-org.ts'
import { openStoredSession, type StoredSessionOptions } from './stored-session.ts'

export interface SyncJobOptions extends StoredSessionOptions {
  readonly log: Log
}

/**
 * Runs a leased job to its end, or until it is told to stop, with the stored credentials of its connection.
 * @throws AppError that ends the job, or puts it off, as the worker decides
 */
export async function runSyncJob(
  { log, ...stored }: SyncJobOptions,
  job: Job,
  { lease, heartbeat, signal: stop }: Omit<Leased, 'heartbeat'> & Partial<Pick<Leased, 'heartbeat'>>,
): Promise<void> {
  const { db } = stored
  const known = await getConnection(db, job.connection_id)
  if (!known) throw new AppError('job_canceled', 'The connection was deleted.')
  const session = await openStoredSession(stored, known)
  try {
    // Before anything is read: records of another org would make those of this one look gone.
    const client = orgClient(session, stop)
    const found = await askOrg(client, known.origin)
    const connection = await setOrg(db, known.id, found)
    const { kind } = await client.asker()
    // Whose token it is decides how long it lives, and nothing about this sync: one request as a full one begins.
    const isAtStart = job.started_at === null || !(await isTokenOwnerKnown(db, known.id))
    const isToBeAsked = kind === 'api_token' && job.mode === 'full' && isAtStart
    const asked = isToBeAsked ? await findTokenOwner(client) : null
    const isTold = asked !== null && !asked.refusal
    if (isTold || found.org_name !== null || kind === 'service_app')
      await noteTokenUsed(db, known.id, { jobId: job.id, ...(isTold && { owner: asked.owner }) })
    const usual = settingsOf(connection)
    const settings = { ...usual, ...(job.settings as object), scope: usual.scope }
    const leased = { lease, stop, ...(heartbeat && { heartbeat }) }
    const countOrg = countOrgBy(session, connection)
    await runJob({ db, clock: systemClock, log, connector: okta, session, connection, settings, countOrg, ...leased })
  } catch (thrown) {
    throw stop.aborted ? new AppError('job_interrupted', 'The worker was stopped.', { cause: thrown }) : thrown
  } finally {
    await session.close()
  }
}
