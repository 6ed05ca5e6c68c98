import type { Estimate, Kept, RequestEvent, Session } from '../../connectors/connector.ts'
import type { SyncPlan } from '../../store/job-plan.ts'
import type { JobMode } from '../../store/jobs.ts'
import { keptBy } from '../scope.ts'
import type { PlanContext } from './plan-context.ts'
import { planFull } from './plan-full.ts'
import { knownPaces, planOf } from './plan-of.ts'
import { planRound } from './plan-round.ts'

/** Counts an org for a first sync; null: it could not be counted. */
export type CountOrg = (how: {
  readonly kept: Kept
  readonly pageSizes: Readonly<Record<string, number>>
  readonly stop?: AbortSignal
  readonly onRequest?: (event: RequestEvent) => void
}) => Promise<Estimate | null>

export interface PlanRequest<Client> extends PlanContext<Client> {
  readonly mode: JobMode
  /** What was read lately and has not moved will not be read again. */
  readonly isSparing: boolean
  /** Where limits are drawn on: what it knows of them already, and the part of them that it uses. */
  readonly session: Pick<Session<Client>, 'share' | 'buckets'>
  /** Asked only where nothing is stored yet. */
  readonly countOrg?: CountOrg
}

/** What a sync will take, as far as that is known before it begins; null where nothing is known. */
export async function planSync<Client>(request: PlanRequest<Client>): Promise<SyncPlan | null> {
  const { db, connection, streams, session, mode, settings, countOrg } = request
  const paces = () => knownPaces(db, connection.id, { share: session.share, buckets: session.buckets() })
  // A round that has nothing to build on becomes a full sync.
  if (mode === 'incremental' && connection.full_sync_at !== null)
    return planOf(await planRound(request), await paces(), true)
  const stored = await planFull(request)
  if (stored) return planOf(stored.planned, await paces(), stored.atLeast)
  const counted = (await countOrg?.({ kept: keptBy(settings.scope), pageSizes: settings.pageSizes })) ?? null
  if (!counted) return null
  const read = counted.planned.filter(({ stream }) => streams.some(({ name }) => name === stream))
  return planOf(read, await paces(), counted.at_least)
}
