import type { ErrorCode } from '../errors.ts'
import type { ConnectionFacts, LastRead } from '../store/job-history.ts'
import type { StepOutcome } from '../store/jobs.ts'
import { remedyFor } from './remedy.ts'
import type { DataExportType, KnownResource } from './resources.ts'

/** Every state of health, as v1 clients know them. */
export const HEALTH = {
  HEALTHY: { status: 'HEALTHY', description: 'Connection is healthy', resolution_owner: 'LEEN' },
  EXECUTION_TIMEOUT: { status: 'UNHEALTHY', description: 'Execution timeout', resolution_owner: 'LEEN' },
  RATE_LIMIT_EXCEEDED: { status: 'UNHEALTHY', description: 'Rate limit exceeded', resolution_owner: 'LEEN' },
  VENDOR_CLIENT_ERROR: {
    status: 'UNHEALTHY',
    description: 'Vendor returned a 4xx client error',
    resolution_owner: 'LEEN',
  },
  INTERNAL_ERROR: { status: 'UNHEALTHY', description: 'Internal error', resolution_owner: 'LEEN' },
  VENDOR_SERVER_ERROR: {
    status: 'UNHEALTHY',
    description: 'Vendor returned a 5xx server error',
    resolution_owner: 'VENDOR',
  },
  UNAUTHORIZED: { status: 'UNHEALTHY', description: 'Connection is unauthorized', resolution_owner: 'CUSTOMER' },
} as const
export type HealthName = keyof typeof HEALTH

/** Of several troubles the first of these gives the connection its name: what the customer can mend comes first. */
const WORST_FIRST: readonly HealthName[] = [
  'UNAUTHORIZED',
  'RATE_LIMIT_EXCEEDED',
  'VENDOR_SERVER_ERROR',
  'VENDOR_CLIENT_ERROR',
  'EXECUTION_TIMEOUT',
  'INTERNAL_ERROR',
]

/** What an error says about a connection; one that is not here is an `INTERNAL_ERROR`. */
const BY_CODE: Readonly<Partial<Record<ErrorCode | 'deletes_held', HealthName>>> = {
  // The customer mends all of these with other credentials or rights.
  okta_token_rejected: 'UNAUTHORIZED',
  okta_org_inactive: 'UNAUTHORIZED',
  okta_suspicious_empty: 'UNAUTHORIZED',
  okta_scope_missing: 'UNAUTHORIZED',
  not_an_okta_org: 'UNAUTHORIZED',
  org_mismatch: 'UNAUTHORIZED',
  credentials_missing: 'UNAUTHORIZED',
  domain_invalid: 'UNAUTHORIZED',
  domain_refused: 'UNAUTHORIZED',
  token_missing: 'UNAUTHORIZED',
  token_malformed: 'UNAUTHORIZED',
  okta_rate_limited: 'RATE_LIMIT_EXCEEDED',
  okta_concurrency_limited: 'RATE_LIMIT_EXCEEDED',
  okta_unavailable: 'VENDOR_SERVER_ERROR',
  okta_timeout: 'VENDOR_SERVER_ERROR',
  okta_truncated_body: 'VENDOR_SERVER_ERROR',
  okta_not_json: 'VENDOR_SERVER_ERROR',
  okta_unreachable: 'VENDOR_SERVER_ERROR',
  okta_bad_request: 'VENDOR_CLIENT_ERROR',
  okta_not_found: 'VENDOR_CLIENT_ERROR',
  cursor_expired: 'VENDOR_CLIENT_ERROR',
  paging_loop: 'VENDOR_CLIENT_ERROR',
  unsafe_link: 'VENDOR_CLIENT_ERROR',
  job_stalled: 'EXECUTION_TIMEOUT',
  okta_feature_off: 'HEALTHY',
  // Nothing is wrong with the connection: a person is asked.
  deletes_held: 'HEALTHY',
}

export interface Health {
  readonly name: HealthName
  readonly status: 'HEALTHY' | 'UNHEALTHY'
  readonly description: string
  readonly resolution_owner: 'LEEN' | 'CUSTOMER' | 'VENDOR'
  readonly details: readonly { readonly data_export_type: DataExportType; readonly endpoint: string }[] | null
  readonly resources: readonly ResourceHealth[]
  readonly next_action: string | null
  readonly checked_at: string | null
}

export interface ResourceHealth {
  readonly resource: string
  readonly data_export_type: DataExportType
  readonly outcome: StepOutcome
  readonly reason_code: string | null
  readonly reason: string | null
  readonly remedy: string | null
  readonly last_complete_at: string | null
  readonly rows: number
  readonly held_deletes: number
  readonly rejected: number
}

/**
 * The health of a connection, from the last sync that has something to say and from how each resource was read last.
 * Null before any sync has shown anything. A sync that runs changes it resource by resource.
 */
export function healthOf(
  { toldJob, lastReads }: Pick<ConnectionFacts, 'toldJob' | 'lastReads'>,
  resources: readonly KnownResource[],
): Health | null {
  const reads = resources.flatMap((resource) => {
    const read = lastReads.find(({ stream }) => stream === resource.name)
    return read ? [{ resource, read }] : []
  })
  if (toldJob === null && reads.length === 0) return null
  const stopped = toldJob?.error_code ? nameOf(toldJob.error_code) : 'HEALTHY'
  const troubles = reads
    .map(({ resource, read }) => ({ resource, read, name: nameOfRead(read) }))
    .filter(({ name }) => name !== 'HEALTHY')
  // What stopped the whole sync counts before what single resources lacked.
  const name =
    stopped !== 'HEALTHY'
      ? stopped
      : (WORST_FIRST.find((one) => troubles.some((trouble) => trouble.name === one)) ?? 'HEALTHY')
  const named = stopped === 'HEALTHY' ? troubles.filter((trouble) => trouble.name === name) : []
  const told = stopped === 'HEALTHY' ? firstToMend(named, reads) : (toldJob?.error_code ?? null)
  return {
    name,
    ...HEALTH[name],
    details:
      named.length > 0
        ? named.map(({ resource }) => ({ data_export_type: resource.dataExportType, endpoint: resource.endpoint }))
        : null,
    resources: reads.map(({ resource, read }) => resourceHealth(resource, read)),
    next_action: remedyFor(told),
    checked_at: latest([toldJob?.ended_at ?? null, ...reads.map(({ read }) => read.ended_at)]),
  }
}

const nameOf = (code: ErrorCode | 'deletes_held'): HealthName => BY_CODE[code] ?? 'INTERNAL_ERROR'

function nameOfRead({ outcome, reason_code: code }: LastRead): HealthName {
  if (outcome === 'not_permitted') return 'UNAUTHORIZED'
  if (outcome === 'complete' || outcome === 'not_available') return 'HEALTHY'
  if (code !== null) return nameOf(code)
  // Partial without a reason: single records could not be read, and are counted beside the resource.
  return outcome === 'partial' ? 'HEALTHY' : 'INTERNAL_ERROR'
}

interface Read {
  readonly read: LastRead
}

/** The reason that is told about: of what gave the connection its name, else deletes that wait for a yes. */
function firstToMend(named: readonly Read[], all: readonly Read[]): LastRead['reason_code'] {
  const held = all.find(({ read }) => read.reason_code === 'deletes_held')
  return (named.find(({ read }) => read.reason_code !== null) ?? held)?.read.reason_code ?? null
}

const resourceHealth = (resource: KnownResource, read: LastRead): ResourceHealth => ({
  resource: resource.name,
  data_export_type: resource.dataExportType,
  outcome: read.outcome ?? 'failed',
  reason_code: read.reason_code,
  reason: read.reason,
  remedy: remedyFor(read.reason_code),
  last_complete_at: read.last_complete_at,
  rows: read.rows_read,
  held_deletes: read.held_deletes,
  rejected: read.rejected,
})

/** ISO times in UTC sort as text. */
const latest = (times: readonly (string | null)[]): string | null =>
  times.reduce((last, time) => (last === null || (time !== null && time > last) ? time : last), null)
