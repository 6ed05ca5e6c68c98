import { createRollcall, type Rollcall } from '../src/client/index.ts'

/**
 * What a page sends along so that the cookie counts. No form and no page of another origin can send it: browsers ask
 * first, and the server says no.
 */
export const SESSION_HEADERS = { 'X-Rollcall-Session': '1' } as const

const listeners = new Set<() => void>()

/** Calls back when an answer says that the session has ended. */
export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

async function send(request: Request): Promise<Response> {
  for (const [name, value] of Object.entries(SESSION_HEADERS)) request.headers.set(name, value)
  const answer = await fetch(request)
  if (
    answer.status === 401 &&
    !new URL(request.url).pathname.startsWith('/v1/session') &&
    (await isAboutSession(answer))
  )
    for (const listener of listeners) listener()
  return answer
}

/** An organization that the key has no part in is answered with 401 as well; signing in again would lead nowhere. */
async function isAboutSession(answer: Response): Promise<boolean> {
  const body = (await answer
    .clone()
    .json()
    .catch(() => null)) as { readonly code?: unknown } | null
  return body?.code !== 'organization_invalid'
}

/** The API as whoever is signed in. Identity data needs `{ headers: { 'X-CONNECTION-ID': … } }`. */
export const api: Rollcall = createRollcall({ baseUrl: location.origin, fetch: send })
