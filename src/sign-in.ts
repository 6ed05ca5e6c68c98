/** What a connection signs in with: an API token, or the private key of an OAuth 2.0 service app. */
export type SignIn = { readonly token: string } | { readonly serviceApp: ServiceApp }

/** An app that stands for itself: no person made it what it may do, and none has to stay for it to work. */
export interface ServiceApp {
  readonly clientId: string
  /** A JWK as JSON. */
  readonly privateKey: string
  /** Which of the app's keys it is; null where the app has only one. */
  readonly keyId: string | null
}

/** The members of a JWK that make it private: https://www.rfc-editor.org/rfc/rfc7518#section-6 */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** Every text of it that must be shown nowhere. */
export function secretsOf(signIn: SignIn): readonly string[] {
  if ('token' in signIn) return [signIn.token]
  const { privateKey } = signIn.serviceApp
  const jwk = JSON.parse(privateKey) as Readonly<Record<string, unknown>>
  const members = PRIVATE_MEMBERS.map((name) => jwk[name])
  return [privateKey, ...members.filter((member) => typeof member === 'string')]
}
