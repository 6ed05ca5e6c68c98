import { AppError, ERRORS, type ErrorCode } from '../../errors.ts'
import type { Asker, SignedInClient } from './client/client.ts'
import { probeApplications, probeGroups, probeLog, probePolicies, probeUsers } from './preflight-areas.ts'
import { findOrg, findOrgName, type PreflightOrg } from './preflight-org.ts'
import { type PreflightRow, type Probe, refusedRow } from './preflight-probe.ts'
import { SCOPES } from './scopes.ts'
import { policyTypes } from './streams/policies.ts'
import { findTokenOwner } from './token-owner.ts'

export type { PreflightOrg } from './preflight-org.ts'
export type { PreflightOutcome, PreflightRow } from './preflight-probe.ts'

export interface PreflightRequest {
  /** Of a session whose waits are short: a check answers rather than sits out a rate limit. */
  readonly client: SignedInClient
  /** The origin the client asks. */
  readonly origin: string
  /** Told each row as soon as it is found. */
  readonly onRow?: (row: PreflightRow) => void
}

export interface Preflight {
  readonly origin: string
  readonly org: PreflightOrg
  /** The user who made the token; null for a service app, behind which nobody stands, or where Okta does not tell. */
  readonly owner: { readonly id: string; readonly login: string | null } | null
  readonly rows: readonly PreflightRow[]
  /** `incomplete`: a sync works, and some resources will be missing. `unusable`: it would read nothing, or nobody. */
  readonly verdict: 'ok' | 'incomplete' | 'unusable'
  readonly notes: readonly string[]
}

/** What makes a whole connection worthless, wherever it shows. */
const UNUSABLE: ReadonlySet<ErrorCode> = new Set([
  'okta_suspicious_empty',
  'okta_token_rejected',
  'okta_client_rejected',
  'okta_org_inactive',
])

const RATE_LIMITED = 'Rate limited: the token is valid; run the check again in a minute.'

const SIGN_IN: Probe = { family: 'Get Access Token', resource: 'token', scope: SCOPES.join(' ') }
const OWNER: Probe = { family: 'Get Token Owner', resource: 'token', scope: 'okta.users.read' }

/**
 * The check of a new connection: is this an Okta org, do the credentials work, whose are they, and what may it read. One cheap
 * request for each API that Rollcall reads, about thirty together, a few at a time.
 * @throws AppError when no org answers, or Okta cannot be reached.
 */
export async function preflight({ client, origin, onRow = () => {} }: PreflightRequest): Promise<Preflight> {
  const found = await findOrg(client, origin)
  const unusable = (what: Probe, refusal: AppError, asker: Asker): Preflight => {
    const row = refusedRow(what, refusal, asker)
    onRow(row)
    return { origin, org: found, owner: null, rows: [row], verdict: 'unusable', notes: [refusal.remedy] }
  }
  const { asker, refused } = await findAsker(client)
  if (refused) return unusable(SIGN_IN, refused, asker)
  const { owner, refusal } = asker.kind === 'service_app' ? { owner: null } : await findTokenOwner(client)
  if (refusal?.action === 'stop') return unusable(OWNER, refusal, asker)
  const asking = { client, asker, onRow }
  const org = { ...found, name: await findOrgName(client) }
  const areas = await Promise.all([
    probeUsers(asking, owner?.id ?? null),
    probeGroups(asking),
    probeApplications(asking),
    probePolicies(asking, policyTypes({ engine: org.engine })),
    probeLog(asking),
  ])
  const rows = areas.flat()
  const notes = asker.kind === 'service_app' ? notesOnApp(rows, asker) : notesOn(rows, owner, refusal)
  return { origin, org, owner, rows, verdict: verdictOf(rows), notes }
}

/** Who asks; of a service app that cannot sign in, why not. */
async function findAsker(client: SignedInClient): Promise<{ asker: Asker; refused?: AppError }> {
  try {
    return { asker: await client.asker() }
  } catch (error) {
    if (error instanceof AppError) return { asker: { kind: 'api_token' }, refused: error }
    throw error
  }
}

function verdictOf(rows: readonly PreflightRow[]): Preflight['verdict'] {
  const isBroken = rows.some(({ code }) => code !== null && UNUSABLE.has(code))
  // A row that met a rate limit says nothing about what the token may read.
  const isHopeless = !rows.some((row) => row.outcome === 'ok' || isLimited(row))
  if (isBroken || isHopeless) return 'unusable'
  return rows.every(({ outcome }) => outcome === 'ok' || outcome === 'not_available') ? 'ok' : 'incomplete'
}

function notesOn(rows: readonly PreflightRow[], owner: Preflight['owner'], refusal: AppError | undefined): string[] {
  const met = refusal?.action === 'wait' || rows.some(isLimited)
  const isRefused = rows.every(({ outcome }) => outcome === 'not_permitted' || outcome === 'not_available')
  if (isRefused)
    return ['Everything was refused: check the role of the token’s owner and the allowed networks of the token.']
  return [...(met ? [RATE_LIMITED] : []), ...(owner === null && !met ? [noteOnOwner(refusal)] : [])]
}

function notesOnApp(rows: readonly PreflightRow[], app: Extract<Asker, { kind: 'service_app' }>): string[] {
  const { clientId, isBound, missingScopes: missing } = app
  const isBlind = rows.some(({ code }) => code === 'okta_suspicious_empty')
  const isRefused = rows.every(({ outcome }) => outcome === 'not_permitted' || outcome === 'not_available')
  return [
    ...(isRefused ? ['Everything was refused: check the admin role of the service app, and its scopes.'] : []),
    ...(isBlind
      ? ['The service app has no admin role, or one that covers nobody: assign Read-Only Admin on its Admin roles tab.']
      : []),
    ...(missing.length > 0
      ? [
          `The service app lacks ${missing.length} of ${SCOPES.length} scopes: ${missing.join(', ')}. Saving may have lost grants without a word: reload its Okta API Scopes tab and look again.`,
        ]
      : []),
    ...(rows.some(isLimited) ? [RATE_LIMITED] : []),
    `No person stands behind the service app ${clientId}, so it ends neither with somebody's account nor for want of use.`,
    ...(isBound ? ['Its access tokens are bound to a key (DPoP), which each request proves to have.'] : []),
  ]
}

/** A refusal is an answer: Okta does not tell. A failure is none. */
const noteOnOwner = (refusal: AppError | undefined): string =>
  refusal === undefined || ERRORS[refusal.code].blame === 'admin'
    ? 'Okta does not say whose token this is.'
    : `Whose token this is could not be read. ${refusal.message}`

const isLimited = ({ code }: PreflightRow): boolean => code !== null && ERRORS[code].action === 'wait'
