import type { FirstSyncEstimate } from '../api/services.ts'
import { systemClock } from '../clock.ts'
import type { Check, CheckRow, FoundOrg, RequestEvent, Session } from '../connectors/connector.ts'
import type { SignedInClient } from '../connectors/okta/client/client.ts'
import { openSession, type SessionSettings } from '../connectors/okta/client/session.ts'
import { estimateSync, preflight } from '../connectors/okta/index.ts'
import { findOrg, findOrgName } from '../connectors/okta/preflight-org.ts'
import { AppError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { SignIn } from '../sign-in.ts'
import type { OrgOfConnection } from '../store/connections.ts'
import { pacesOf, planOf } from '../sync/planning/plan-of.ts'
import type { CountOrg } from '../sync/planning/plan-sync.ts'

/** A person waits for the answer: better told soon that nothing answers than kept waiting. */
export const IMPATIENT = { retry: { attempts: 3, baseMs: 300 }, maxWaitMs: 5_000 }
/** A check says after this long what it has found out till then. */
const CHECK_MS = 30_000
const NEVER = new AbortController().signal

export type OktaOrg = SignIn & HowToAsk

interface HowToAsk {
  readonly origin: string
  /** Part of each of Okta's rate limits to use. */
  readonly rateShare: number
  /** Requests in flight at most; null: what the connector thinks right. */
  readonly maxInFlight: number | null
  /** Origins that may be http: simulated orgs on this machine. */
  readonly allowedInsecureOrigins: readonly string[]
}

/** A connection to the org. Whoever opens it closes it. @throws AppError `domain_refused` */
export function openOktaOrg(
  { maxInFlight, ...org }: OktaOrg,
  log: Log,
  patience: Pick<SessionSettings, 'retry' | 'maxWaitMs'> = {},
): Session<SignedInClient> {
  return openSession({ ...org, ...(maxInFlight !== null && { maxInFlight }), ...patience, clock: systemClock, log })
}

/** For the few requests that belong to no step. */
export const orgClient = (
  session: Session<SignedInClient>,
  signal: AbortSignal,
  onRequest: (event: RequestEvent) => void = () => {},
): SignedInClient => session.client({ resource: 'org', background: false, signal, onRequest })

/** What the org says about itself. @throws AppError when none answers */
export async function askOrg(client: SignedInClient, origin: string): Promise<OrgOfConnection> {
  const { id, engine } = await findOrg(client, origin)
  return { origin, org_id: id, org_name: await findOrgName(client), engine }
}

/** Which org answers at the address, asked without credentials. @throws AppError when none does */
export const findOktaOrg = (org: OktaOrg, log: Log, signal: AbortSignal): Promise<FoundOrg> =>
  asking(org, log, signal, (session, unlessLate) => findOrg(orgClient(session, unlessLate), org.origin))

/** What the credentials may read. @throws AppError when no org answers, or the signal's reason */
export const checkOktaOrg = (
  org: OktaOrg,
  log: Log,
  signal: AbortSignal,
  onRow: (row: CheckRow) => void = () => {},
): Promise<Check> =>
  asking(org, log, signal, (session, unlessLate) =>
    preflight({ client: orgClient(session, unlessLate), origin: org.origin, onRow }),
  )

/** What a first sync will take. @throws AppError when no org answers, or the signal's reason */
export const estimateOktaSync = (org: OktaOrg, log: Log, signal: AbortSignal): Promise<FirstSyncEstimate> =>
  asking(org, log, signal, async (session, unlessLate) => {
    const client = orgClient(session, unlessLate)
    return firstSyncEstimate(client, session, await findOrg(client, org.origin))
  })

/** The estimate as the onboarding page shows it, at the pace that the session knows by then. */
export async function firstSyncEstimate(
  client: SignedInClient,
  session: Pick<Session<SignedInClient>, 'buckets'>,
  org: Pick<FoundOrg, 'engine'>,
): Promise<FirstSyncEstimate> {
  const { planned, at_least: atLeast, counts } = await estimateSync(client, org)
  const { requests, seconds } = planOf(planned, pacesOf(session.buckets()), atLeast)
  return { requests, seconds, at_least: atLeast, counts }
}

/** Counts an org for the plan of its first sync, with requests that belong to no step. */
export const countOrgBy =
  (session: Session<SignedInClient>, org: Pick<FoundOrg, 'engine'>): CountOrg =>
  ({ stop = NEVER, onRequest, ...options }) =>
    estimateSync(orgClient(session, stop, onRequest), org, options)

/** A few requests while a person waits: over after a while, whatever Okta does. */
async function asking<T>(
  org: OktaOrg,
  log: Log,
  signal: AbortSignal,
  ask: (session: Session<SignedInClient>, unlessLate: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  const deadline = systemClock.deadline(CHECK_MS, 'watchdog', () => {
    late.abort(new AppError('okta_timeout', `Okta took longer than ${CHECK_MS / 1000} seconds over the check.`))
  })
  const session = openOktaOrg(org, log, IMPATIENT)
  try {
    return await ask(session, AbortSignal.any([signal, late.signal]))
  } finally {
    deadline.clear()
    await session.close()
  }
}
