import { isoNow, systemClock } from '../clock.ts'
import type { Session } from '../connectors/connector.ts'
import type { OktaClient, SignedInClient } from '../connectors/okta/client/client.ts'
import { estimateSync, okta } from '../connectors/okta/index.ts'
import { findOrg } from '../connectors/okta/preflight-org.ts'
import { AppError } from '../errors.ts'
import { isEverything, storedScope } from '../model/scope.ts'
import { type Connection, findConnectionAt } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import type { SyncPlan } from '../store/job-plan.ts'
import type { JobMode } from '../store/jobs.ts'
import { pacesOf, planOf } from '../sync/planning/plan-of.ts'
import { type CountOrg, planSync } from '../sync/planning/plan-sync.ts'
import { keptBy, streamsFor } from '../sync/scope.ts'
import { type SyncSettings, settingsOf } from '../sync/settings.ts'
import { countOrgBy, orgClient } from './okta-org.ts'
import { openStoredSession, type StoredSessionOptions } from './stored-session.ts'

interface PlanRequest {
  readonly db: Db
  readonly settings: SyncSettings
  readonly mode: JobMode
}

export interface PlanKnownOptions extends StoredSessionOptions {
  /** Part of each rate limit that a sync uses. */
  readonly share: number
}

/**
 * What a sync of a connection would take, were somebody to ask for it now. One that has been synced is planned from what
 * is stored; another is asked, with its own credentials.
 * @throws AppError where it cannot be counted
 */
export function planKnown(
  options: PlanKnownOptions,
  connection: Connection,
  { mode, signal }: { readonly mode: JobMode; readonly signal: AbortSignal },
): Promise<SyncPlan> {
  const countOrg: CountOrg = async (how) => {
    const session = await openStoredSession(options, connection)
    try {
      return await countOrgBy(session, connection)({ ...how, stop: signal })
    } finally {
      await session.close()
    }
  }
  const session = { share: options.share, buckets: () => [] }
  return planConnection({ db: options.db, settings: settingsOf(connection), mode }, connection, { session, countOrg })
}

async function planConnection(
  request: PlanRequest,
  connection: Connection,
  how: Pick<Parameters<typeof planSync<OktaClient>>[0], 'session' | 'countOrg'>,
): Promise<SyncPlan> {
  const plan = await planSync({
    ...request,
    ...how,
    connection,
    streams: streamsFor(okta, request.mode, request.settings.scope),
    facts: { engine: connection.engine },
    now: isoNow(systemClock),
    isSparing: false,
  })
  if (!plan) throw new AppError('okta_unreachable', 'The org could not be counted.')
  return plan
}

/**
 * What a sync of the org at an address would take. Stores nothing, and asks nothing where the address is that of a
 * connection that has been synced.
 * @throws AppError when no org answers
 */
export async function planOrg(
  request: PlanRequest,
  session: Session<SignedInClient>,
  origin: string,
  signal: AbortSignal,
): Promise<SyncPlan> {
  const { db, settings } = request
  const at = await findConnectionAt(db, { vendor: okta.vendor, origin })
  const client = orgClient(session, signal)
  // Under another address the org may be known as well.
  const org = at ?? (await findOrg(client, origin))
  const known = at ?? (await findConnectionAt(db, { vendor: okta.vendor, orgId: org.id }))
  const scope = known && isEverything(settings.scope) ? storedScope(known.scope) : settings.scope
  if (known)
    return planConnection({ ...request, settings: { ...settings, scope } }, known, {
      session,
      countOrg: countOrgBy(session, known),
    })
  const how = { kept: keptBy(settings.scope), pageSizes: settings.pageSizes }
  const counted = await estimateSync(client, org, how)
  return planOf(counted.planned, pacesOf(session.buckets()), counted.at_least)
}
