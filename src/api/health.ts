import {
  type HealthFacts,
  type HealthName,
  healthNameOfError,
  healthNameOfRead,
  whatStopped,
  worstOf,
} from '../store/health-name.ts'
import type { ConnectionFacts, LastRead } from '../store/job-history.ts'
import type { StepOutcome } from '../store/jobs.ts'
import { type Warning, warningsOf } from './health-warnings.ts'
import { EVERYTHING_REFUSED, remedyFor } from './remedy.ts'
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
} as const satisfies Record<HealthName, object>
export type { HealthName }

export interface Health {
  readonly name: HealthName
  readonly status: 'HEALTHY' | 'UNHEALTHY'
  readonly description: string
  readonly resolution_owner: 'LEEN' | 'CUSTOMER' | 'VENDOR'
  readonly details: readonly { readonly data_export_type: DataExportType; readonly endpoint: string }[] | null
  readonly resources: readonly ResourceHealth[]
  readonly next_action: string | null
  readonly checked_at: string | null
  readonly warnings: readonly Warning[]
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

/** What the health of a connection is made of. */
export type KnownOfConnection = Pick<ConnectionFacts, 'toldJob' | 'lastReads'> & Partial<ConnectionFacts>

/**
 * The health of a connection, from the last sync that has something to say, from how each resource was read last, and from
 * whether its token was refused since. Null before anything has shown anything. A sync that runs changes it resource by
 * resource.
 */
export function healthOf(known: KnownOfConnection, resources: readonly KnownResource[]): Health | null {
  const { toldJob, lastReads, warnings: facts = null } = known
  const reads = resources.flatMap((resource) => {
    const read = lastReads.find(({ stream }) => stream === resource.name)
    return read ? [{ resource, read }] : []
  })
  const code = whatStopped({ toldJob, lastReads, warnings: facts } satisfies HealthFacts)
  if (toldJob === null && code === null && reads.length === 0) return null
  const stopped = code ? healthNameOfError(code) : 'HEALTHY'
  const troubles = reads
    .map(({ resource, read }) => ({ resource, read, name: healthNameOfRead(read) }))
    .filter(({ name }) => name !== 'HEALTHY')
  // What stopped the whole sync counts before what single resources lacked.
  const name = stopped !== 'HEALTHY' ? stopped : worstOf(troubles.map((trouble) => trouble.name))
  const named = stopped === 'HEALTHY' ? troubles.filter((trouble) => trouble.name === name) : []
  const told = stopped === 'HEALTHY' ? firstToMend(named, reads) : code
  return {
    name,
    ...HEALTH[name],
    details:
      named.length > 0
        ? named.map(({ resource }) => ({ data_export_type: resource.dataExportType, endpoint: resource.endpoint }))
        : null,
    resources: reads.map(({ resource, read }) => resourceHealth(resource, read)),
    next_action: told === 'okta_scope_missing' && isAllRefused(code, reads) ? EVERYTHING_REFUSED : remedyFor(told),
    checked_at: latest([
      toldJob?.ended_at ?? null,
      facts?.keep_alive_error ? facts.keep_alive_at : null,
      ...reads.map(({ read }) => read.ended_at),
    ]),
    warnings: facts ? warningsOf({ toldJob, lastReads, facts }) : [],
  }
}

/** Nothing may be read: then it need not be about a single right. */
const isAllRefused = (stopped: LastRead['reason_code'], reads: readonly Read[]): boolean =>
  stopped !== null || reads.every(({ read }) => read.outcome === 'not_permitted' || read.outcome === 'not_available')

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
