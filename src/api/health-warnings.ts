import { whatStopped } from '../store/health-name.ts'
import type { ConnectionFacts, LastRead } from '../store/job-history.ts'
import { REFUSALS_BEFORE_SLOWING } from '../store/schedule.ts'
import { isLogRead, logPolledAt, type WarningFacts } from '../store/warning-facts.ts'
import { remedyFor } from './remedy.ts'
import { dateWords, durationWords, intervalWords, momentWords } from './time-words.ts'

/** What health warns of, the most pressing first. */
export const WARNING_CODES = [
  'token_owner_at_risk',
  'token_idle',
  'permission_lost',
  'schedule_slowed',
  'sync_overdue',
  'log_silent',
  'event_hook_silent',
] as const
export type WarningCode = (typeof WARNING_CODES)[number]

/** Something that has broken nothing yet, or that nobody would call a failure. Times are ISO. */
export interface Warning {
  readonly code: WarningCode
  /** It breaks within days, or has begun to. */
  readonly is_urgent: boolean
  readonly message: string
  readonly remedy: string | null
  /** Since when it is so; null where that is not known. */
  readonly since: string | null
  /** When it was last looked at. */
  readonly checked_at: string | null
  /** Names of the resources it is about; none where it is about the connection. */
  readonly resources: readonly string[]
}

type Known = Pick<ConnectionFacts, 'toldJob' | 'lastReads'> & { readonly facts: WarningFacts }
type Found = Omit<Warning, 'code'> | null

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** Days without use after which a token is spoken of, after which it is urgent, and after which Okta ends it. */
const IDLE_DAYS = 20
const URGENT_IDLE_DAYS = 27
const DEAD_IDLE_DAYS = 30
/** Without a sync that came to its end: so many intervals, and never less than the seconds. */
const OVERDUE = { intervals: 3, leastSecs: 3_600 }
/** Hours without a log event that are too many where it is not known what is usual. */
const SILENT_HOURS = 24
/** However regular a log is, so many hours are never too many, and so many always are. */
const [LEAST_SILENT_HOURS, MOST_SILENT_HOURS] = [2, 72]
/** A silence is unusual from this many times the longest of the last two weeks on. */
const UNUSUAL = 1.5

/** What is worth a warning about a connection. */
export function warningsOf(known: Known): Warning[] {
  const found = WARNING_CODES.flatMap((code) => {
    const warning = FIND[code](known)
    return warning ? [{ code, ...warning }] : []
  })
  return [...found.filter((one) => one.is_urgent), ...found.filter((one) => !one.is_urgent)]
}

const FIND: Readonly<Record<WarningCode, (known: Known) => Found>> = {
  token_owner_at_risk: ({ facts }) => ownerAtRisk(facts),
  token_idle: idleToken,
  permission_lost: ({ facts, lastReads }) => lostPermission(facts, lastReads),
  schedule_slowed: ({ facts }) => slowedSchedule(facts),
  sync_overdue: overdueSync,
  log_silent: ({ facts, lastReads }) => silentLog(facts, lastReads),
  event_hook_silent: ({ facts }) => silentHook(facts),
}

/** What endangers a token of this owner, by Okta's word for the status. */
const AT_RISK: Readonly<Record<string, string>> = {
  SUSPENDED: 'is suspended in Okta',
  LOCKED_OUT: 'is locked out of Okta',
  PASSWORD_EXPIRED: 'has an expired password in Okta',
  DEPROVISIONED: 'is deactivated in Okta',
}
const NEW_TOKEN =
  'make a token whose owner stays, such as an account for services, and enter it here before Okta refuses this one.'

function ownerAtRisk(facts: WarningFacts): Found {
  const { token_stored_at: stored, owner_is_deleted: isDeleted, owner_vendor_status: status } = facts
  const isGone = isDeleted === true || status === 'DEPROVISIONED'
  const risk = isDeleted === true ? 'is not in Okta any more' : AT_RISK[status ?? '']
  if (stored === null || risk === undefined) return null
  const who =
    facts.token_owner_login === null ? 'The owner of the token' : `${facts.token_owner_login} owns the token and`
  return about({
    is_urgent: isGone,
    message: `${who} ${risk}.`,
    remedy: isGone ? `M${NEW_TOKEN.slice(1)}` : `Set the account right in Okta, or ${NEW_TOKEN}`,
    since: facts.owner_since,
    checked_at: facts.synced_at,
  })
}

function idleToken(known: Known): Found {
  const { facts } = known
  const { token_stored_at: stored, state } = facts
  if (stored === null || state === 'DELETED' || whatStopped({ ...known, warnings: facts }) === 'okta_token_rejected')
    return null
  const since = facts.token_used_at ?? stored
  const idleDays = ageMs(facts, since) / DAY_MS
  if (idleDays < IDLE_DAYS) return null
  const end = dateWords(Date.parse(since) + DEAD_IDLE_DAYS * DAY_MS)
  const fate = idleDays < DEAD_IDLE_DAYS ? `this one on ${end}` : `this one may have ended on ${end}`
  return about({
    is_urgent: idleDays >= URGENT_IDLE_DAYS,
    message: `The token has not been used for ${Math.floor(idleDays)} days. Okta ends a token after ${DEAD_IDLE_DAYS} days without use, ${fate}.`,
    remedy: 'Test the connection or sync it once: either uses the token.',
    since,
    checked_at: facts.keep_alive_at,
  })
}

function lostPermission(facts: WarningFacts, reads: readonly LastRead[]): Found {
  const lost = reads.filter(({ outcome, last_complete_at: at }) => outcome === 'not_permitted' && at !== null)
  if (lost.length === 0) return null
  return about({
    is_urgent: false,
    message: `Could be read before, and is not permitted any more: ${lost.map(({ stream }) => stream).join(', ')}. What was read is kept as it was.`,
    remedy: remedyFor('okta_scope_missing'),
    since: last(lost.map((read) => read.last_complete_at)),
    checked_at: last(lost.map((read) => read.ended_at)) ?? facts.synced_at,
    resources: lost.map(({ stream }) => stream),
  })
}

function slowedSchedule(facts: WarningFacts): Found {
  const { refusals, refusal_code: code, next_sync_at: next, state } = facts
  if (state !== 'ACTIVE' || refusals < REFUSALS_BEFORE_SLOWING || code === null) return null
  return about({
    is_urgent: false,
    message: `The last ${refusals} syncs were refused alike, so they come less often${next ? `: the next one on ${momentWords(next)}` : ''}.`,
    remedy: `${remedyFor(code)} Syncs come every ${intervalWords(facts.refresh_interval_secs)} again as soon as one works, somebody asks for one, or the credentials are replaced.`,
    since: facts.refused_since,
    checked_at: facts.now,
  })
}

function overdueSync(known: Known): Found {
  const { facts } = known
  const { state, synced_at: synced, active_since: active, is_syncing: isSyncing, refusals } = facts
  // A sync that runs is on its way, and one that is refused again and again is told of by itself.
  if (state !== 'ACTIVE' || isSyncing || refusals >= REFUSALS_BEFORE_SLOWING) return null
  const since = last([synced, active]) ?? active
  const most = Math.max(OVERDUE.intervals * facts.refresh_interval_secs, OVERDUE.leastSecs)
  if (ageMs(facts, since) < most * 1000) return null
  const stopped = whatStopped({ ...known, warnings: facts })
  return about({
    is_urgent: false,
    message: `${synced === null ? 'No sync has come to its end' : `The last sync came to its end on ${momentWords(synced)}`}; one is due every ${intervalWords(facts.refresh_interval_secs)}.`,
    remedy:
      facts.is_waiting || stopped === null
        ? 'Check that `rollcall serve` or `rollcall work` runs, and with enough workers.'
        : remedyFor(stopped),
    since,
    checked_at: facts.now,
  })
}

function silentLog(facts: WarningFacts, reads: readonly LastRead[]): Found {
  const polledAt = logPolledAt(facts, reads.find(isLogRead))
  const since = facts.log_newest_at ?? facts.log_since
  if (facts.state !== 'ACTIVE' || polledAt === null || since === null) return null
  const silentHours = (Date.parse(polledAt) - Date.parse(since)) / HOUR_MS
  const usual = facts.usual_silence_hours
  const most =
    usual === null ? SILENT_HOURS : Math.min(Math.max(usual * UNUSUAL, LEAST_SILENT_HOURS), MOST_SILENT_HOURS)
  if (silentHours < most) return null
  return about({
    is_urgent: false,
    message: `No events in the System Log for ${durationWords(silentHours)}, which is longer than usual. It was last read on ${momentWords(polledAt)}, without an error.`,
    remedy:
      'Nothing, if the org was that quiet. Otherwise compare with Reports > System Log in the Okta admin console.',
    since,
    checked_at: polledAt,
  })
}

function silentHook({
  state,
  hook_verified_at: verified,
  hook_told_at: told,
  hook_missed_at: missed,
}: WarningFacts): Found {
  const since = last([verified, told])
  if (state !== 'ACTIVE' || since === null || missed === null) return null
  return about({
    is_urgent: false,
    message: `The event hook is silent since ${momentWords(since)}, though the log told an event of ${momentWords(missed)}. Polling goes on: changes are read, but later.`,
    remedy:
      'Look under Workflow > Event Hooks in the Okta admin console: the hook should be active, verified, and subscribed to every type of event that it was given. Okta logs deliveries that failed as event_hook.delivery.',
    since,
    checked_at: missed,
  })
}

const about = (found: Omit<Warning, 'code' | 'resources'> & Partial<Pick<Warning, 'resources'>>): Found => ({
  resources: [],
  ...found,
})

const ageMs = ({ now }: WarningFacts, since: string): number => Date.parse(now) - Date.parse(since)

/** ISO times in UTC sort as text. */
const last = (times: readonly (string | null)[]): string | null =>
  times
    .filter((time) => time !== null)
    .sort()
    .at(-1) ?? null
