import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import type { EventHookDescription } from '../connectors/connector.ts'
import { AppError } from '../errors.ts'
import { takeDelivery } from '../store/event-hook-deliveries.ts'
import { type KnownHook, looksLikeHookSecret, noteRejected, noteVerified, openEventHook } from '../store/event-hooks.ts'
import { headerOf } from './auth.ts'
import { mistakeAt } from './failure.ts'
import type { ApiServices } from './services.ts'

/** Where identity providers push to. No operation of the API: what is said here, they decide. */
export const EVENT_HOOK_ROUTE = '/event-hooks/:hook_id'
export const eventHookUrl = (publicUrl: string, hookId: string): string => `${publicUrl}/event-hooks/${hookId}`

/** A thousand events and more: how many Okta puts into one delivery it does not say. */
const BODY_LIMIT = 4 * 1024 * 1024
const LONGEST_CHALLENGE = 1_000
/** For each of the two things done with a request: Okta waits three seconds for its answer. */
const PATIENCE_MS = 1_400
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Hook = KnownHook & { readonly description: EventHookDescription }

/**
 * Receives what event hooks push: answers their challenge, takes in their events and does nothing else with them before
 * it answers. A hook that there is not, one of a deleted connection, and a wrong secret are refused alike, before the body
 * is read.
 */
export async function receiveEventHooks(app: FastifyInstance, services: ApiServices): Promise<void> {
  await app.register(async (scope) => {
    const admitted = new WeakMap<FastifyRequest, Hook>()
    const onRequest = async (request: FastifyRequest) => {
      admitted.set(request, await inTime(services.clock, admit(request, services)))
    }
    const hookOf = (request: FastifyRequest): Hook => admitted.get(request) ?? refuse()
    // Whatever it says it is, what is not the JSON of events is counted as odd.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
    scope.route({
      method: 'GET',
      url: EVENT_HOOK_ROUTE,
      onRequest,
      handler: (request, reply) => answerChallenge(hookOf(request), request, reply, services),
    })
    scope.route({
      method: 'POST',
      url: EVENT_HOOK_ROUTE,
      bodyLimit: BODY_LIMIT,
      onRequest,
      handler: async (request, reply) => {
        const { id, description } = hookOf(request)
        await inTime(services.clock, takeDelivery(services.db, id, description.read(jsonOf(request.body))))
        return reply.status(204).send()
      },
    })
  })
}

/** What a request shows as its secret, if it has the form of one. */
export function hookSecretOf(request: FastifyRequest, { connectors }: Pick<ApiServices, 'connectors'>): string | null {
  const shown = connectors.map(({ eventHook }) => headerOf(request, eventHook.secretHeader))
  return shown.find((text) => text !== null && looksLikeHookSecret(text)) ?? null
}

async function admit(request: FastifyRequest, services: ApiServices): Promise<Hook> {
  const { hook_id: hookId = '' } = request.params as { hook_id?: string }
  if (!UUID.test(hookId)) return refuse()
  const secret = hookSecretOf(request, services)
  const hook = secret === null ? null : await openEventHook(services.db, hookId, secret)
  const description = services.connectors.find(({ vendor }) => vendor === hook?.vendor)?.eventHook
  if (hook && description) return { ...hook, description }
  await noteRejected(services.db, hookId)
  return refuse()
}

function refuse(): never {
  throw new AppError('event_hook_refused', 'There is no event hook of this address and secret.')
}

async function answerChallenge(hook: Hook, request: FastifyRequest, reply: FastifyReply, services: ApiServices) {
  const { challengeHeader, answerTo } = hook.description
  const challenge = headerOf(request, challengeHeader)
  if (!challenge || challenge.length > LONGEST_CHALLENGE)
    throw mistakeAt(['header', challengeHeader], `must have 1 to ${LONGEST_CHALLENGE} characters`)
  await inTime(services.clock, noteVerified(services.db, hook.id))
  return reply.header('cache-control', 'no-store').send(answerTo(challenge))
}

function jsonOf(body: unknown): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    return null
  }
}

/** @throws AppError `event_hook_busy` where the work goes on for too long; it goes on nevertheless, and may be done twice */
function inTime<T>(clock: Clock, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = clock.deadline(PATIENCE_MS, 'request', () =>
      reject(new AppError('event_hook_busy', 'The event hook could not be looked after in time.')),
    )
    work.then(resolve, reject).finally(() => late.clear())
  })
}
