import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { AppError } from '../errors.ts'
import { type Authenticator, headerOf } from './auth.ts'
import type { Actor, AnyCall, Contexts, Endpoint } from './endpoint.ts'
import { InvalidRequest, type Mistake, mistakesIn } from './failure.ts'
import { inviteRefused, openInvite } from './invite.ts'
import { uuid } from './parameters.ts'
import type { ApiServices } from './services.ts'
import { sessionSecretOf } from './session-cookie.ts'

export const HEADERS = {
  key: 'X-API-KEY',
  connection: 'X-CONNECTION-ID',
  invite: 'X-CONNECTION-INVITE-TOKEN',
} as const

const connectionId = uuid('The connection whose data is asked for.')
const organizationId = uuid('The organization.')

/** One request up to its handler: who asks, what was asked, and whose it is. */
export async function callOf(
  endpoint: Endpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  services: ApiServices,
  authenticator: Authenticator,
): Promise<AnyCall> {
  const actor = await identify(endpoint, request, services, authenticator)
  const { params, query, body, ownerId } = parsed(endpoint, request)
  const context = await locate(endpoint, ownerId, actor, authenticator)
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new AppError('job_interrupted', 'The caller has gone.'))
  })
  return {
    params,
    query,
    body,
    services,
    requestId: request.id,
    signal: gone.signal,
    setHeader: (name, value) => {
      if (value !== null) reply.header(name, value)
    },
    ...context,
  }
}

async function identify(
  endpoint: Endpoint,
  request: FastifyRequest,
  services: ApiServices,
  authenticator: Authenticator,
): Promise<Actor | null> {
  if (endpoint.access === 'open') return null
  const keyText = headerOf(request, HEADERS.key)
  const inviteText = endpoint.access === 'invite' ? headerOf(request, HEADERS.invite) : null
  if (inviteText !== null && keyText === null) {
    return { type: 'invite_token', invite: await openInvite(services, inviteText) }
  }
  const secret = keyText === null ? sessionSecretOf(request) : null
  const session = secret === null ? null : await authenticator.session(secret)
  const key = session?.key ?? (await authenticator.key(keyText))
  if (endpoint.writes && key.access !== 'full') throw new AppError('api_key_read_only', 'This key may only read.')
  // A key that comes along with an invite token acts as the token says: it decides vendor, options and identifier.
  if (inviteText !== null) return { type: 'invite_token', invite: await openInvite(services, inviteText) }
  return { type: 'api_key', key, session }
}

/** The parts of a request, checked; `ownerId` is the connection or organization whose data it is about. */
function parsed(endpoint: Endpoint, request: FastifyRequest) {
  const mistakes: Mistake[] = []
  const part = (name: string, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined
    const result = schema.safeParse(value)
    if (result.success) return result.data
    mistakes.push(...mistakesIn(name, result.error.issues))
    return undefined
  }
  let ownerId = ''
  if (endpoint.access === 'connection') {
    const given = headerOf(request, HEADERS.connection)
    const result = connectionId.safeParse(given ?? undefined)
    if (result.success) ownerId = result.data
    else
      mistakes.push({
        loc: ['header', HEADERS.connection],
        msg: given === null ? 'Field required' : 'must be a UUID',
        type: given === null ? 'missing' : 'uuid_parsing',
      })
  }
  if (endpoint.access === 'organization' || endpoint.access === 'invite') {
    const { organization_id: given } = request.params as { organization_id?: string }
    const result = organizationId.safeParse(given)
    if (result.success) ownerId = result.data
    else mistakes.push({ loc: ['path', 'organization_id'], msg: 'must be a UUID', type: 'uuid_parsing' })
  }
  const params = part('path', endpoint.params, request.params)
  const query = part('query', endpoint.query, request.query)
  const body = part('body', endpoint.body, request.body)
  if (mistakes.length > 0) throw new InvalidRequest(mistakes)
  return { params, query, body, ownerId }
}

/** Whose data it is about; nothing of another environment is ever found. */
async function locate(
  endpoint: Endpoint,
  ownerId: string,
  actor: Actor | null,
  authenticator: Authenticator,
): Promise<Contexts[keyof Contexts]> {
  if (actor === null) return {}
  if (endpoint.access === 'key' && actor.type === 'api_key') return { key: actor.key, actor, session: actor.session }
  if (endpoint.access === 'connection' && actor.type === 'api_key') {
    return { key: actor.key, actor, connection: await authenticator.connection(actor.key, ownerId) }
  }
  if (actor.type === 'api_key') {
    const organization = await authenticator.organization(actor.key.environment_id, ownerId)
    return { key: actor.key, actor, organization }
  }
  const { invite } = actor
  if (invite.organization_id !== ownerId) throw inviteRefused()
  return { actor, organization: await authenticator.organization(invite.environment_id, ownerId) }
}
