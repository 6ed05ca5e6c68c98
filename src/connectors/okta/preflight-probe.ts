import { AppError, ERRORS, type ErrorCode } from '../../errors.ts'
import type { Asker, OktaClient } from './client/client.ts'
import { grantRemedy } from './scopes.ts'

export type PreflightOutcome = 'ok' | 'not_permitted' | 'not_available' | 'failed'

export interface PreflightRow {
  /** Okta's name of the API: `List Users`. */
  readonly family: string
  /** The resource of Rollcall that is read with it. */
  readonly resource: string
  /** The Okta scope it needs. */
  readonly scope: string
  readonly outcome: PreflightOutcome
  readonly detail: string
  /** Our code of what went wrong; null when nothing did. */
  readonly code: ErrorCode | null
  /** What the customer's admin can do about it; null when there is nothing to do. */
  readonly remedy: string | null
  /** Okta's HTTP status and error code, where it refused. */
  readonly status: number | null
  readonly error_code: string | null
}

export interface Probe {
  readonly family: string
  readonly resource: string
  readonly scope: string
}

/** Whom the probes ask, and who is told each row as it is found. */
export interface Asking {
  readonly client: OktaClient
  readonly asker: Asker
  onRow(row: PreflightRow): void
}

/** What one request taught: a row for the matrix, and the items to try the next ones on. */
export interface Probed {
  readonly row: PreflightRow
  readonly items: readonly unknown[]
}

/**
 * Okta's Read-Only Admin does not see who holds admin roles.
 * https://help.okta.com/en-us/content/topics/security/administrators-admin-comparison.htm
 */
const rolesRemedy = (holder: string): string =>
  `Add a custom admin role with the permission 'View roles, resources, and admin assignments' (okta.iam.read), bound to a resource set of all Identity and Access Management resources, to ${holder}. Read-Only Admin alone cannot read admin roles.`

/** Sends one request and says what the answer means. */
export async function probe(asking: Asking, what: Probe, request: () => Promise<readonly unknown[]>): Promise<Probed> {
  const probed = await tried(what, asking.asker, request)
  asking.onRow(probed.row)
  return probed
}

async function tried(what: Probe, asker: Asker, request: () => Promise<readonly unknown[]>): Promise<Probed> {
  try {
    const items = await request()
    return { row: row(what, 'ok', items.length === 0 ? 'Readable; nothing there.' : 'Readable.'), items }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { row: refusedRow(what, error, asker), items: [] }
  }
}

const row = (what: Probe, outcome: PreflightOutcome, detail: string, rest: Partial<PreflightRow> = {}) => ({
  ...what,
  outcome,
  detail,
  code: null,
  remedy: null,
  status: null,
  error_code: null,
  ...rest,
})

/** A child that could not be tried: readable as far as known when there is no parent, else as unreadable as that is. */
export function untried(asking: Asking, what: Probe, parent: PreflightRow): Probed {
  const { code, remedy } = parent
  const found =
    parent.outcome === 'ok'
      ? row(what, 'ok', 'There is nothing to try it on.')
      : row(what, parent.outcome, `Not tried: ${parent.family} could not be read.`, { code, remedy })
  asking.onRow(found)
  return { row: found, items: [] }
}

export function refusedRow(what: Probe, error: AppError, asker: Asker): PreflightRow {
  const { status, error_code } = error.details
  const facts = {
    code: error.code,
    status: typeof status === 'number' ? status : null,
    error_code: typeof error_code === 'string' ? error_code : null,
    remedy: remedyFor(what, error, asker),
  }
  if (error.action === 'wait') {
    return row(what, 'failed', 'Rate limited: the token is valid, but Okta takes no more requests for now.', facts)
  }
  return row(what, outcomeOf(error), error.message, facts)
}

function outcomeOf(error: AppError): PreflightOutcome {
  if (error.code === 'okta_scope_missing') return 'not_permitted'
  return error.code === 'okta_feature_off' || error.code === 'okta_not_found' ? 'not_available' : 'failed'
}

function remedyFor(what: Probe, error: AppError, asker: Asker): string {
  if (error.action === 'wait') return 'Run the check again in a minute.'
  if (error.code !== 'okta_scope_missing') return ERRORS[error.code].remedy
  const isApp = asker.kind === 'service_app'
  if (isApp && (asker.missingScopes.includes(what.scope) || error.details.scope !== undefined))
    return grantRemedy([typeof error.details.scope === 'string' ? error.details.scope : what.scope])
  const holder = isApp ? 'the service app' : "the token's owner"
  if (what.scope === 'okta.roles.read') return rolesRemedy(holder)
  return `Give ${holder} a role that may read this (${what.scope}), such as Read-Only Admin.`
}
