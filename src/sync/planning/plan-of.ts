import type { BucketStatus, PlannedRequests } from '../../connectors/connector.ts'
import type { Queryable } from '../../store/db.ts'
import { lastGranted, type SyncPlan } from '../../store/job-plan.ts'

/** Requests a second that Rollcall makes where no limit of the vendor's is in the way. */
const OWN_SPEED = 200

/** Requests a minute that Rollcall allows itself, by rate limit. */
export type Paces = ReadonlyMap<string, number>

/**
 * Adds up requests to a plan. Each limit takes its own time, and they are drawn on side by side: the plan takes as long
 * as the slowest of them, and never less than Rollcall's own speed allows.
 */
export function planOf(planned: readonly PlannedRequests[], paces: Paces, atLeast: boolean): SyncPlan {
  const buckets: Record<string, number> = {}
  const resources: Record<string, number> = {}
  for (const { bucket, stream, requests } of planned) {
    buckets[bucket] = (buckets[bucket] ?? 0) + requests
    resources[stream] = (resources[stream] ?? 0) + requests
  }
  const requests = planned.reduce((sum, one) => sum + one.requests, 0)
  const seconds = (bucket: string, count: number): number | null => {
    const perMinute = paces.get(bucket)
    return perMinute === undefined || perMinute <= 0 ? null : (count / perMinute) * 60
  }
  const paced = Object.entries(buckets).map(([bucket, count]) => [bucket, count, seconds(bucket, count)] as const)
  const known = paced.flatMap(([, , each]) => (each === null ? [] : [each]))
  return {
    requests,
    seconds: known.length === 0 ? null : Math.max(...known, requests / OWN_SPEED),
    at_least: atLeast,
    buckets: Object.fromEntries(paced.map(([bucket, count, each]) => [bucket, { requests: count, seconds: each }])),
    resources,
  }
}

/** The paces that are known: from answers just now, else from what the vendor granted when it was last asked. */
export async function knownPaces(
  db: Queryable,
  connectionId: string,
  { share, buckets = [] }: { readonly share: number; readonly buckets?: readonly BucketStatus[] },
): Promise<Paces> {
  const granted = await lastGranted(db, connectionId)
  return new Map([...[...granted].map(([bucket, limit]) => [bucket, limit * share] as const), ...pacesOf(buckets)])
}

export const pacesOf = (buckets: readonly BucketStatus[]): Paces =>
  new Map(buckets.flatMap(({ bucket, perMinute }) => (perMinute === null ? [] : [[bucket, perMinute] as const])))
