import { adminTwin, oktaSuffixOf } from './domain.ts'

/**
 * The page of an org's admin console on which API tokens are made: on the console's own host, which only Okta's own
 * domains have. Null for an org of which no such address is known.
 * https://developer.okta.com/docs/guides/create-an-api-token/main/#create-the-token
 * @param origins the addresses of one org
 */
export function tokenPage(origins: readonly string[]): string | null {
  for (const origin of origins) {
    const { protocol, host } = new URL(origin)
    if (protocol !== 'https:' || oktaSuffixOf(host) === undefined) continue
    const twin = adminTwin(host)
    if (twin === null) continue
    const console = twin.split('.', 1)[0]?.endsWith('-admin') ? twin : host
    return `https://${console}/admin/access/api/tokens`
  }
  return null
}
