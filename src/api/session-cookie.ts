import { fastifyCookie as cookies } from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { headerOf } from './auth.ts'
import type { ApiServices } from './services.ts'

const NAME = 'rollcall_session'

/**
 * What a page of ours sends along so that its cookie counts. No form can send it, and of a script of another origin the
 * browser asks first, which is answered with no: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#custom-request-headers
 */
const PROOF = 'X-Rollcall-Session'

export async function readCookies(app: FastifyInstance): Promise<void> {
  await app.register(cookies)
}

/** The secret in the request's cookie; null where there is none, or another site may have made the browser send it. */
export function sessionSecretOf(request: FastifyRequest): string | null {
  const from = headerOf(request, 'sec-fetch-site')
  const isOurs = headerOf(request, PROOF) !== null && (from === null || from === 'same-origin')
  return isOurs ? (request.cookies[NAME] ?? null) : null
}

/** A `Set-Cookie` that begins a session, for as long as the browser is open; scripts cannot read it. */
export const cookieOf = (services: Pick<ApiServices, 'publicUrl'>, secret: string): string =>
  cookies.serialize(NAME, secret, attributes(services))

/** A `Set-Cookie` that ends one. */
export const noCookie = (services: Pick<ApiServices, 'publicUrl'>): string =>
  cookies.serialize(NAME, '', { ...attributes(services), maxAge: 0 })

const attributes = ({ publicUrl }: Pick<ApiServices, 'publicUrl'>) => ({
  path: '/',
  httpOnly: true,
  sameSite: 'strict' as const,
  secure: publicUrl.startsWith('https://'),
})
