import { z } from 'zod'
import { AppError } from '../../errors.ts'
import type { AuditAction } from '../../store/audit.ts'
import { lockConnectionOf } from '../../store/connection-changes.ts'
import type { Connection } from '../../store/connections.ts'
import type { Queryable } from '../../store/db.ts'
import {
  createEventHook,
  deleteEventHooks,
  type EventHook,
  findEventHook,
  OVERLAP_HOURS,
  rotateHookSecret,
} from '../../store/event-hooks.ts'
import { type AuditedCall, audit } from '../audit.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { EventHookModel, EventHookWithSecret, eventHookAnswer } from '../event-hook-model.ts'
import { connectionNotFound, connectionOf } from '../found.ts'
import { connectorOf } from '../given-credentials.ts'
import { uuid } from '../parameters.ts'

const path = '/v1/provisioning/organizations/{organization_id}/connections/{connection_id}/event-hook'
const params = z.object({ organization_id: uuid('The organization.'), connection_id: uuid('The connection.') })

interface HookCall {
  readonly organization: { readonly id: string }
  readonly params: { readonly connection_id: string }
}

const eventHookNotFound = () => new AppError('event_hook_not_found', 'The connection has no event hook.')

/** The connection that a path names; nobody else changes it until the end of the transaction. */
async function lockedConnection(tx: Queryable, { organization, params }: HookCall): Promise<Connection> {
  const place = { organizationId: organization.id, connectionId: params.connection_id }
  const found = await lockConnectionOf(tx, place)
  if (!found) throw connectionNotFound()
  return found
}

const auditHook = (
  tx: Queryable,
  call: AuditedCall,
  action: Extract<AuditAction, `event_hook${string}`>,
  { id, connection_id }: EventHook,
) => audit(tx, call, { action, objectType: 'event_hook', objectId: id, details: { connection_id } })

const create = endpoint({
  method: 'post',
  path,
  operationId: 'create_event_hook',
  tag: 'event_hooks',
  summary: 'Create event hook',
  description: `Answers with what an admin of the org enters into the vendor: for Okta under *Workflow > Event Hooks*, as
\`docs/event-hooks.md\` says step by step. \`secret\` is shown this once. From then on a change is read
within seconds of its event; what is not pushed is read as before.`,
  access: 'organization',
  writes: true,
  params,
  response: EventHookWithSecret,
  errors: ['connection_not_found', 'event_hook_exists'],
  handle: ({ services, ...call }) =>
    services.db.transaction(async (tx) => {
      const { id, vendor } = await lockedConnection(tx, call)
      const { eventTypes } = connectorOf(services, vendor).eventHook
      const made = await createEventHook(tx, { connectionId: id, eventTypes })
      if (!made) throw new AppError('event_hook_exists', 'The connection has an event hook already.')
      await auditHook(tx, call, 'event_hook.created', made.hook)
      return { ...eventHookAnswer(services, vendor, made.hook), secret: made.secret }
    }),
})

const get = endpoint({
  method: 'get',
  path,
  operationId: 'get_event_hook',
  tag: 'event_hooks',
  summary: 'Get event hook',
  description: 'Whether it was verified, when it last told anything, and how much it has told.',
  access: 'organization',
  params,
  response: EventHookModel,
  errors: ['connection_not_found', 'event_hook_not_found'],
  handle: async ({ services, ...call }) => {
    const { id, vendor } = await connectionOf(services.db, call)
    const hook = await findEventHook(services.db, id)
    if (!hook) throw eventHookNotFound()
    return eventHookAnswer(services, vendor, hook)
  },
})

const rotate = endpoint({
  method: 'post',
  path: `${path}/rotate-secret`,
  operationId: 'rotate_event_hook_secret',
  tag: 'event_hooks',
  summary: 'Rotate event hook secret',
  description: `Makes a new secret, shown this once. The one before is taken for ${OVERLAP_HOURS} hours more: enter the new one into the vendor within
that time. An older one ends at once, so that rotating twice ends one that has leaked.`,
  access: 'organization',
  writes: true,
  params,
  response: EventHookWithSecret,
  errors: ['connection_not_found', 'event_hook_not_found'],
  handle: ({ services, ...call }) =>
    services.db.transaction(async (tx) => {
      const { id, vendor } = await lockedConnection(tx, call)
      const rotated = await rotateHookSecret(tx, id)
      if (!rotated) throw eventHookNotFound()
      await auditHook(tx, call, 'event_hook_secret.rotated', rotated.hook)
      return { ...eventHookAnswer(services, vendor, rotated.hook), secret: rotated.secret }
    }),
})

const remove = endpoint({
  method: 'delete',
  path,
  operationId: 'delete_event_hook',
  tag: 'event_hooks',
  summary: 'Delete event hook',
  description: 'Whatever is still pushed to it is refused: delete it in the vendor as well.',
  access: 'organization',
  writes: true,
  params,
  response: EventHookModel,
  errors: ['connection_not_found', 'event_hook_not_found'],
  handle: ({ services, ...call }) =>
    services.db.transaction(async (tx) => {
      const { id, vendor } = await lockedConnection(tx, call)
      const [hook] = await deleteEventHooks(tx, [id])
      if (!hook) throw eventHookNotFound()
      await auditHook(tx, call, 'event_hook.deleted', hook)
      return eventHookAnswer(services, vendor, hook)
    }),
})

export const eventHooks: readonly Endpoint[] = [create, get, rotate, remove]
