import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { API_KEY_ACCESS, type ApiKey, findApiKey } from '../../store/api-keys.ts'
import { createSession, endSession, SESSION_HOURS } from '../../store/sessions.ts'
import { audit } from '../audit.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { cookieOf, noCookie } from '../session-cookie.ts'

const path = '/v1/session'

const SessionModel = z
  .object({
    key_name: z.string().describe('Name of the API key.'),
    environment: z.string().describe('Name of the environment whose organizations it sees.'),
    access: z.enum(API_KEY_ACCESS).describe('What it may do.'),
    expires_at: z.iso.datetime().nullable().describe('When the session ends; null without one.'),
  })
  .meta({ id: 'Session', description: 'Who is signed in.' })

const modelOf = ({ name, environment, access }: ApiKey, expiresAt: string | null) => ({
  key_name: name,
  environment,
  access,
  expires_at: expiresAt,
})

/** For browsers: the key is shown once, and a cookie that scripts cannot read stands for it from then on. */
export const session: readonly Endpoint[] = [
  endpoint({
    method: 'post',
    path,
    operationId: 'create_session',
    tag: 'session',
    summary: 'Sign in',
    description: `Sets a cookie that stands for the key for ${SESSION_HOURS} hours, until it is signed out, or until the key is revoked. The cookie counts only together with the header \`X-Rollcall-Session\`, which pages of other sites cannot send.`,
    access: 'open',
    body: z
      .object({ api_key: z.string().max(200).describe('The key.') })
      .meta({ id: 'SignIn', description: 'What a browser signs in with.' }),
    response: SessionModel,
    errors: ['api_key_invalid'],
    handle: async ({ services, body, requestId, setHeader }) => {
      const key = await findApiKey(services.db, body.api_key.trim())
      if (!key) throw new AppError('api_key_invalid', 'Invalid API Key')
      const { secret, session } = await services.db.transaction(async (tx) => {
        const created = await createSession(tx, key)
        const actor = { type: 'api_key', key, session: created.session } as const
        const entry = { action: 'session.created', objectType: 'session', objectId: created.session.id } as const
        await audit(tx, { actor, requestId }, entry)
        return created
      })
      setHeader('set-cookie', cookieOf(services, secret))
      return modelOf(key, session.expires_at)
    },
  }),
  endpoint({
    method: 'get',
    path,
    operationId: 'get_session',
    tag: 'session',
    summary: 'Get session',
    description: 'Whose key the request shows, itself or by its session.',
    access: 'key',
    response: SessionModel,
    handle: async ({ key, session }) => modelOf(key, session?.expires_at ?? null),
  }),
  endpoint({
    method: 'delete',
    path,
    operationId: 'delete_session',
    tag: 'session',
    summary: 'Sign out',
    description: 'The session lets nobody in any more, a second later at most. Without one nothing happens.',
    access: 'key',
    response: SessionModel,
    handle: async ({ services, key, session, setHeader, ...call }) => {
      if (session)
        await services.db.transaction(async (tx) => {
          await endSession(tx, session.id)
          const entry = { action: 'session.ended', objectType: 'session', objectId: session.id } as const
          await audit(tx, call, entry)
        })
      setHeader('set-cookie', noCookie(services))
      return modelOf(key, null)
    },
  }),
]
