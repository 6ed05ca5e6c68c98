import type { Schema } from '../../src/client/index.ts'
import { formatCounted } from '../../ui/numbers.ts'
import type { Tone } from '../../ui/tone.ts'

/** What people read in place of the API's names. */

/** A connection, whosever it is. */
export type Connection = Omit<Schema<'Connection'>, 'api_credentials'>

export interface Words {
  readonly tone: Tone
  readonly text: string
}

const RESOURCES: Readonly<Record<string, string>> = {
  users: 'Users',
  groups: 'Groups',
  group_memberships: 'Group memberships',
  applications: 'Applications',
  application_users: 'Users of applications',
  application_groups: 'Groups of applications',
  factors: 'Factors',
  user_roles: 'Roles of users',
  group_roles: 'Roles of groups',
  policies: 'Policies',
  policy_rules: 'Policy rules',
  policy_mappings: 'Policy mappings',
  log_events: 'Log events',
}

/** `users` is Users; a resource that is not known here still reads well. */
export const resourceWords = (resource: string): string =>
  RESOURCES[resource] ?? `${resource.charAt(0).toUpperCase()}${resource.slice(1).replaceAll('_', ' ')}`

const OUTCOMES: Readonly<Record<Schema<'ResourceHealth'>['outcome'], Words>> = {
  complete: { tone: 'good', text: 'Complete' },
  not_permitted: { tone: 'warn', text: 'Not permitted' },
  not_available: { tone: 'idle', text: 'Not available' },
  partial: { tone: 'warn', text: 'Partial' },
  failed: { tone: 'bad', text: 'Failed' },
}
export const outcomeWords = (outcome: Schema<'ResourceHealth'>['outcome']): Words => OUTCOMES[outcome]

const JOBS: Readonly<Record<Schema<'JobSummary'>['status'], Words>> = {
  PENDING: { tone: 'idle', text: 'Waiting' },
  RUNNING: { tone: 'busy', text: 'Running' },
  SUCCEEDED: { tone: 'good', text: 'Complete' },
  PARTIAL: { tone: 'warn', text: 'Partial' },
  FAILED: { tone: 'bad', text: 'Failed' },
  TIMED_OUT: { tone: 'bad', text: 'Timed out' },
  CANCELED: { tone: 'idle', text: 'Canceled' },
}
export const jobWords = (status: Schema<'JobSummary'>['status']): Words => JOBS[status]

const TRIGGERS: Readonly<Record<Schema<'JobSummary'>['trigger'], string>> = {
  command_line: 'From the command line',
  connect: 'First sync',
  schedule: 'On schedule',
  request: 'On request',
}
export const triggerWords = (trigger: Schema<'JobSummary'>['trigger']): string => TRIGGERS[trigger]

/** What a sync reads. */
export const modeWords = (mode: Schema<'JobSummary'>['mode']): string =>
  mode === 'full' ? 'Full sync' : 'Check for changes'

/** Rounds that changed no record: `42 checks found no change`. */
export const quietWords = (count: number): string => `${formatCounted(count, 'check')} found no change`

const VENDORS: Readonly<Record<string, string>> = { OKTA_IDP: 'Okta' }
export const vendorWords = (vendor: string): string => VENDORS[vendor] ?? vendor

export const engineWords = (engine: 'idx' | 'v1' | null): string | null =>
  engine === 'idx' ? 'Identity Engine' : engine === 'v1' ? 'Classic Engine' : null

/** A job that has not ended. */
export const isUnfinished = (job: Pick<Schema<'JobSummary'>, 'status'> | null): boolean =>
  job?.status === 'PENDING' || job?.status === 'RUNNING'
