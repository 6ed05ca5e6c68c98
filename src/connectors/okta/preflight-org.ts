import { AppError, type ErrorCode } from '../../errors.ts'
import type { OktaClient, SignedInClient } from './client/client.ts'
import { isObject, looseId, shownText } from './wire.ts'

export interface PreflightOrg {
  readonly id: string
  readonly name: string | null
  /** `idx` Identity Engine, `v1` Classic, null when Okta did not say. */
  readonly engine: 'idx' | 'v1' | null
  /** Other origins of the same org: its Okta address, its custom domain. */
  readonly alternates: readonly string[]
}

/** Answers that say nothing about whose host this is. */
const UNDECIDED: ReadonlySet<ErrorCode> = new Set([
  'okta_rate_limited',
  'okta_concurrency_limited',
  'okta_unavailable',
  'okta_timeout',
  'okta_unreachable',
  'domain_refused',
  'domain_invalid',
])

/**
 * Which org answers at the client's host. Asked without credentials, so that a host that is not Okta's never sees them.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingMetadata/
 * @throws AppError `not_an_okta_org` when none does.
 */
export async function findOrg(client: OktaClient, origin: string): Promise<PreflightOrg> {
  const found = await readWellKnown(client)
  const id = isObject(found) ? looseId.parse(found.id) : null
  if (!isObject(found) || id === null) {
    throw new AppError('not_an_okta_org', 'The host does not answer with the id of an Okta org.')
  }
  return {
    id,
    name: null,
    engine: found.pipeline === 'idx' || found.pipeline === 'v1' ? found.pipeline : null,
    alternates: originsIn(found._links).filter((other) => other !== origin),
  }
}

/** The name of the org's company, where it may be read: a service app does not ask for the scope that this takes. */
export async function findOrgName(client: SignedInClient): Promise<string | null> {
  try {
    if ((await client.asker()).kind === 'service_app') return null
    const org = await client.get('/api/v1/org')
    return isObject(org) ? (shownText(org.companyName) ?? shownText(org.subdomain)) : null
  } catch (error) {
    // Only a title for the result: nothing depends on it, and what is wrong shows where it matters.
    if (error instanceof AppError) return null
    throw error
  }
}

async function readWellKnown(client: OktaClient): Promise<unknown> {
  try {
    return await client.getPublic('/.well-known/okta-organization')
  } catch (error) {
    const isInactiveOrg = error instanceof AppError && error.code === 'okta_org_inactive' && error.details.error_code
    if (!(error instanceof AppError) || isInactiveOrg || UNDECIDED.has(error.code)) throw error
    throw new AppError('not_an_okta_org', `The host does not answer like an Okta org: ${error.message}`, {
      cause: error,
      details: error.details,
    })
  }
}

function originsIn(links: unknown): string[] {
  if (!isObject(links)) return []
  const origins = [links.organization, links.alternate]
    .flat()
    .map((link) => (isObject(link) && typeof link.href === 'string' ? originOf(link.href) : null))
    .filter((origin) => origin !== null)
  return [...new Set(origins)]
}

function originOf(href: string): string | null {
  try {
    return new URL(href).origin
  } catch {
    return null
  }
}
