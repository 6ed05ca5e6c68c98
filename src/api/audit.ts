import { appendAudit, type NewAuditEntry } from '../store/audit.ts'
import type { Queryable } from '../store/db.ts'
import type { Actor } from './endpoint.ts'

/** What of a request the audit log tells. */
export interface AuditedCall {
  readonly actor: Actor
  readonly requestId: string
  readonly organization?: { readonly id: string }
}

/** Writes down what a caller does, in the transaction that does it. Never give it a secret. */
export function audit(
  tx: Queryable,
  { actor, requestId, organization }: AuditedCall,
  entry: Pick<NewAuditEntry, 'action' | 'objectType' | 'objectId' | 'details'>,
): Promise<void> {
  return appendAudit(tx, {
    environmentId: environmentOf(actor),
    organizationId: organization?.id ?? null,
    actorType: actor.type,
    actorId: actor.type === 'api_key' ? actor.key.id : actor.invite.id,
    requestId,
    ...entry,
  })
}

const environmentOf = (actor: Actor): string =>
  actor.type === 'api_key' ? actor.key.environment_id : actor.invite.environment_id
