import type { Schema } from '../../src/client/index.ts'
import { type Connection, resourceWords, type Words } from './words.ts'

/** What has stopped a whole sync, by the code of its error, where that says more than the name of the health. */
const STOPPED: Readonly<Record<string, string>> = {
  okta_token_rejected: 'Okta refuses the token',
  okta_client_rejected: 'Okta refuses the service app',
  okta_no_scope_granted: 'The service app has no scopes',
  okta_org_inactive: 'The org is inactive',
  okta_suspicious_empty: 'No users can be seen',
  org_mismatch: 'Another org answers',
  not_an_okta_org: 'The domain is no Okta org',
  credentials_missing: 'Needs a token',
  credentials_unreadable: 'The stored credentials cannot be read',
  okta_unreachable: 'Okta cannot be reached',
  okta_timeout: 'Okta answers too slowly',
  job_interrupted: 'The last sync was interrupted',
  job_canceled: 'The last sync was canceled',
}

const BY_NAME: Readonly<Record<Schema<'ConnectionHealth'>['name'], Words>> = {
  HEALTHY: { tone: 'good', text: 'Healthy' },
  UNAUTHORIZED: { tone: 'bad', text: 'Okta refuses access' },
  RATE_LIMIT_EXCEEDED: { tone: 'warn', text: 'Okta’s rate limits are used up' },
  VENDOR_SERVER_ERROR: { tone: 'bad', text: 'Okta has errors' },
  VENDOR_CLIENT_ERROR: { tone: 'bad', text: 'Okta refuses requests' },
  EXECUTION_TIMEOUT: { tone: 'bad', text: 'The last sync hung' },
  INTERNAL_ERROR: { tone: 'bad', text: 'The last sync failed' },
}

/** The health of a connection in a few words: never a name of the API. */
export function healthWords(connection: Connection): Words {
  const { state, health, last_job: job } = connection
  if (state === 'DELETED') return { tone: 'idle', text: 'Deleted' }
  if (state === 'PENDING') return { tone: 'idle', text: 'Needs a token' }
  if (state === 'PAUSED') return { tone: 'idle', text: 'Paused' }
  if (!health) {
    if (job?.status === 'RUNNING') return { tone: 'busy', text: 'First sync is running' }
    return { tone: 'idle', text: 'Not synced yet' }
  }
  const stopped = whatStopped(connection)
  if (health.name !== 'HEALTHY' && stopped) return { tone: 'bad', text: stopped }
  const lacking = health.resources.filter(({ outcome }) => outcome === 'not_permitted').length
  if (health.name === 'UNAUTHORIZED' && lacking > 0 && lacking < health.resources.length)
    return { tone: 'warn', text: `${things(lacking)} not permitted` }
  if (health.name !== 'HEALTHY') return BY_NAME[health.name]
  const count = health.resources.filter(needsALook).length
  return count === 0 ? BY_NAME.HEALTHY : { tone: 'warn', text: `${things(count)} to look at` }
}

/** What made the last sync of no use as a whole. Once another runs, it says nothing about that one. */
function whatStopped({ last_job: job, health }: Connection): string | undefined {
  if (!job || job.status === 'RUNNING') return undefined
  // The sync goes on then, but reads nothing that counts.
  const isBlind = health?.resources.some(({ reason_code: code }) => code === 'okta_suspicious_empty')
  return STOPPED[job.error?.code ?? (isBlind ? 'okta_suspicious_empty' : '')]
}

/** Whether a resource was read with something that a person should see. */
const needsALook = ({ outcome, held_deletes, rejected }: Schema<'ResourceHealth'>): boolean =>
  held_deletes > 0 || rejected > 0 || (outcome !== 'complete' && outcome !== 'not_available')

const SMALL = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'] as const
const things = (count: number): string => `${SMALL[count] ?? count} ${count === 1 ? 'thing' : 'things'}`

/** What an action is about, where it is about some of the resources. */
function lackingIn(connection: Connection): string {
  // Then it is about everything, whatever the resources lacked before.
  if (whatStopped(connection)) return ''
  const all = connection.health?.resources ?? []
  const lacking = all.filter(({ outcome }) => outcome === 'not_permitted')
  if (lacking.length === 0 || lacking.length === all.length) return ''
  return `Not permitted: ${lacking.map(({ resource }) => resourceWords(resource).toLowerCase()).join(', ')}. `
}

/** The one thing to do, where there is one that can be done. */
export function nextAction(connection: Connection): string | null {
  const { state, health, held_deletes: held } = connection
  if (state === 'PENDING') return 'Enter a domain and a token, and the first sync begins.'
  const action = health?.next_action ?? null
  if (action !== null && !action.startsWith('Nothing:')) return `${lackingIn(connection)}${action}`
  return held > 0 ? 'Look at the held deletes, and confirm them if they are right.' : null
}

export interface WarningWords extends Words {
  readonly code: string
  /** What to do about it, in a sentence. */
  readonly action: string | null
}

/** What may mean trouble to come, in words: the most pressing first. */
export const warningWords = ({ health }: Connection): readonly WarningWords[] =>
  (health?.warnings ?? []).map((warning) => ({
    code: warning.code,
    tone: warning.is_urgent ? 'bad' : warning.code === 'log_silent' ? 'idle' : 'warn',
    text: warning.code === 'permission_lost' ? lostWords(warning) : warning.message,
    action: warning.remedy,
  }))

const lostWords = ({ resources }: Schema<'HealthWarning'>): string =>
  `Not permitted any more: ${resources.map((resource) => resourceWords(resource).toLowerCase()).join(', ')}. What was read is kept as it was.`

/**
 * Since when everything that can be read is complete: the earliest of its last complete reads. Null while one of them has
 * never been complete.
 */
export function completeSince(health: Schema<'ConnectionHealth'> | null): string | null {
  const readable = health?.resources.filter(({ outcome }) => outcome !== 'not_permitted' && outcome !== 'not_available')
  const times = (readable ?? []).map(({ last_complete_at: at }) => at)
  if (times.includes(null)) return null
  return times.sort()[0] ?? null
}
