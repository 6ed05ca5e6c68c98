import { type AuditAction, appendAudit, type NewAuditEntry } from '../store/audit.ts'
import type { Queryable } from '../store/db.ts'
import type { Actor } from './endpoint.ts'

/** What of a request the audit log tells. */
export interface AuditedCall {
  readonly actor: Actor
  readonly requestId: string
  readonly organization?: { readonly id: string }
}

/** What an open dashboard does every minute; that somebody signed in is written down. */
const LOOKING: ReadonlySet<string> = new Set<AuditAction>(['connection.read', 'connection.listed'])

/** Writes down what a caller does, in the transaction that does it. Never give it a secret. */
export async function audit(
  tx: Queryable,
  { actor, requestId, organization }: AuditedCall,
  entry: Pick<NewAuditEntry, 'action' | 'objectType' | 'objectId' | 'details'>,
): Promise<void> {
  if (actor.type === 'api_key' && actor.session && LOOKING.has(entry.action)) return
  await appendAudit(tx, {
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
