import type { Endpoint } from '../endpoint.ts'
import { auditLog } from './audit.ts'
import { connectionChecks } from './connection-checks.ts'
import { connections } from './connections.ts'
import { connectors } from './connectors.ts'
import { eventHooks } from './event-hooks.ts'
import { jobs } from './jobs.ts'
import { onramp } from './onramp.ts'
import { progress } from './progress.ts'
import { organizations } from './provisioning-organizations.ts'
import { requestCounts } from './request-counts.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'
import { webhookEndpoints } from './webhooks.ts'

/** Everything but the identity data: whose it is, where it comes from, and what is done about it. */
export const provisioning: readonly Endpoint[] = [
  ...organizations,
  ...connections,
  ...connectionChecks,
  ...jobs,
  ...progress,
  ...requestCounts,
  ...onramp,
  ...webhookEndpoints,
  ...webhookDeliveries,
  ...eventHooks,
  ...connectors,
  ...auditLog,
]
