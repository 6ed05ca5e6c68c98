import { describe, expect, it } from 'vitest'
import { HEALTH, type HealthName, healthOf } from '../../src/api/health.ts'
import { resourcesOf } from '../../src/api/resources.ts'
import { describeOkta } from '../../src/connectors/okta/description.ts'
import type { ErrorCode } from '../../src/errors.ts'
import type { LastRead, PastJob } from '../../src/store/job-history.ts'

const resources = resourcesOf([describeOkta({ allowedInsecureOrigins: [] })], 'OKTA_IDP')
const AT = '2026-01-05T09:00:00.000Z'

const job = (more: Partial<PastJob> = {}): PastJob => ({
  id: 'j',
  connection_id: 'c',
  mode: 'full',
  state: 'ended',
  outcome: 'complete',
  error_code: null,
  error_message: null,
  trigger: 'schedule',
  attempts: 1,
  created_at: AT,
  started_at: AT,
  ended_at: AT,
  run_after: null,
  cancel_requested_at: null,
  seconds: 1,
  progress: null,
  plan: null,
  ...more,
})
const read = (stream: string, more: Partial<LastRead> = {}): LastRead => ({
  connection_id: 'c',
  stream,
  outcome: 'complete',
  reason_code: null,
  reason: null,
  rows_read: 3,
  held_deletes: 0,
  rejected: 0,
  ended_at: AT,
  last_complete_at: AT,
  ...more,
})
const stopped = (code: ErrorCode, state: PastJob['state'] = 'ended') =>
  healthOf({ toldJob: job({ outcome: 'failed', error_code: code, state }), lastReads: [] }, resources)
const withStep = (more: Partial<LastRead>) =>
  healthOf({ toldJob: job({ outcome: 'partial' }), lastReads: [read('users'), read('user_roles', more)] }, resources)

describe('the table of health', () => {
  it('is that of the contract', () => {
    const table = Object.entries(HEALTH).map(([name, row]) => [name, row.status, row.resolution_owner, row.description])
    expect(table).toEqual([
      ['HEALTHY', 'HEALTHY', 'LEEN', 'Connection is healthy'],
      ['EXECUTION_TIMEOUT', 'UNHEALTHY', 'LEEN', 'Execution timeout'],
      ['RATE_LIMIT_EXCEEDED', 'UNHEALTHY', 'LEEN', 'Rate limit exceeded'],
      ['VENDOR_CLIENT_ERROR', 'UNHEALTHY', 'LEEN', 'Vendor returned a 4xx client error'],
      ['INTERNAL_ERROR', 'UNHEALTHY', 'LEEN', 'Internal error'],
      ['VENDOR_SERVER_ERROR', 'UNHEALTHY', 'VENDOR', 'Vendor returned a 5xx server error'],
      ['UNAUTHORIZED', 'UNHEALTHY', 'CUSTOMER', 'Connection is unauthorized'],
    ])
  })
})

describe('the health of a connection', () => {
  it('is null before any sync has shown anything', () => {
    expect(healthOf({ toldJob: null, lastReads: [] }, resources)).toBeNull()
  })

  it.each<[ErrorCode, HealthName]>([
    ['okta_token_rejected', 'UNAUTHORIZED'],
    ['okta_org_inactive', 'UNAUTHORIZED'],
    ['org_mismatch', 'UNAUTHORIZED'],
    ['credentials_missing', 'UNAUTHORIZED'],
    ['okta_rate_limited', 'RATE_LIMIT_EXCEEDED'],
    ['okta_unavailable', 'VENDOR_SERVER_ERROR'],
    ['okta_unreachable', 'VENDOR_SERVER_ERROR'],
    ['okta_truncated_body', 'VENDOR_SERVER_ERROR'],
    ['okta_timeout', 'VENDOR_SERVER_ERROR'],
    ['okta_bad_request', 'VENDOR_CLIENT_ERROR'],
    ['job_stalled', 'EXECUTION_TIMEOUT'],
    ['database_disk_full', 'INTERNAL_ERROR'],
    ['credentials_unreadable', 'INTERNAL_ERROR'],
    ['internal_error', 'INTERNAL_ERROR'],
  ])('after a sync that %s stopped is %s at once, with what to do, even if it will be tried again', (code, name) => {
    for (const state of ['ended', 'interrupted'] as const)
      expect(stopped(code, state)).toMatchObject({ name, status: 'UNHEALTHY', details: null, checked_at: AT })
    expect(stopped(code)?.next_action).toEqual(expect.any(String))
  })

  it.each<[Partial<LastRead>, HealthName]>([
    [{ outcome: 'not_permitted', reason_code: 'okta_scope_missing' }, 'UNAUTHORIZED'],
    [{ outcome: 'partial', reason_code: 'okta_scope_missing' }, 'UNAUTHORIZED'],
    [{ outcome: 'failed', reason_code: 'okta_suspicious_empty' }, 'UNAUTHORIZED'],
    [{ outcome: 'failed', reason_code: 'okta_rate_limited' }, 'RATE_LIMIT_EXCEEDED'],
    [{ outcome: 'partial', reason_code: 'okta_not_json' }, 'VENDOR_SERVER_ERROR'],
    [{ outcome: 'partial', reason_code: 'okta_not_found' }, 'VENDOR_CLIENT_ERROR'],
    [{ outcome: 'partial', reason_code: 'unsafe_link' }, 'VENDOR_CLIENT_ERROR'],
    [{ outcome: 'failed', reason_code: 'paging_loop' }, 'VENDOR_CLIENT_ERROR'],
    [{ outcome: 'failed', reason_code: null }, 'INTERNAL_ERROR'],
  ])('with a resource %j is %s and names the API', (more, name) => {
    expect(withStep(more)).toMatchObject({
      name,
      details: [{ data_export_type: 'idp_roles', endpoint: 'GET /api/v1/users/{userId}/roles' }],
    })
  })

  it.each<[Partial<LastRead>]>([
    [{ outcome: 'not_available', reason_code: 'okta_feature_off' }],
    [{ outcome: 'not_available', reason_code: 'okta_not_found' }],
    [{ outcome: 'partial', reason_code: 'deletes_held', held_deletes: 30 }],
    [{ outcome: 'partial', reason_code: null, rejected: 1 }],
  ])('with a resource %j is healthy, and the resource says so by itself', (more) => {
    const health = withStep(more)
    expect(health).toMatchObject({ name: 'HEALTHY', details: null })
    expect(health?.resources[1]).toMatchObject({ resource: 'user_roles', outcome: more.outcome })
  })

  it('asks for a yes to held deletes, and is quiet where all is well', () => {
    expect(withStep({ outcome: 'partial', reason_code: 'deletes_held' })?.next_action).toContain('confirm the deletes')
    expect(withStep({})?.next_action).toBeNull()
  })

  it('is named after what the customer can mend, where several things are wrong', () => {
    const lastReads = [
      read('groups', { outcome: 'failed', reason_code: 'okta_unavailable' }),
      read('user_roles', { outcome: 'not_permitted', reason_code: 'okta_scope_missing' }),
    ]
    expect(healthOf({ toldJob: job(), lastReads }, resources)).toMatchObject({
      name: 'UNAUTHORIZED',
      details: [{ data_export_type: 'idp_roles' }],
    })
  })

  it('is told by the resources alone while the first sync still runs', () => {
    const refused = read('groups', { outcome: 'not_permitted', reason_code: 'okta_scope_missing' })
    expect(healthOf({ toldJob: null, lastReads: [refused] }, resources)?.name).toBe('UNAUTHORIZED')
  })
})
