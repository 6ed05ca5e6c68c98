import { describe, expect, it } from 'vitest'
import { newId } from '../../src/ids.ts'
import { type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned

useProvisioned((opened) => {
  api = opened
})

const connected = async () => {
  const organization = await api.organization()
  const { id } = await api.connection(organization)
  const path = `${organization}/connections/${id}`
  const { body } = await api.call('GET', `${path}/jobs`)
  return { id, path, jobId: body.items[0]?.id ?? '' }
}
/** Sets a job as a worker would leave it. */
const setJob = (jobId: string, assignments: string) =>
  api.org.db.query(`update sync_jobs set ${assignments} where id = $1`, [jobId])
const addStep = (jobId: string, stream: string, columns: Record<string, unknown>) =>
  api.org.db.query(`insert into sync_steps select * from jsonb_populate_record(null::sync_steps, $1::jsonb)`, [
    JSON.stringify({
      job_id: jobId,
      stream,
      state: 'ended',
      checkpoint: {},
      rows_read: 0,
      created: 0,
      changed: 0,
      deleted: 0,
      held_deletes: 0,
      rejected: 0,
      pages: 0,
      requests: 0,
      rate_limited: 0,
      buckets: {},
      seconds: 0,
      ...columns,
    }),
  ])

describe('the jobs of a connection', () => {
  it('are listed by offset, with the one that connecting has queued', async () => {
    const { id, path, jobId } = await connected()
    const { body } = await api.call('GET', `${path}/jobs`)
    expect(body).toMatchObject({
      count: 1,
      total: 1,
      items: [
        {
          id: jobId,
          connection_id: id,
          status: 'PENDING',
          trigger: 'connect',
          started_at: null,
          finished_at: null,
          error: null,
          data_exports: [],
        },
      ],
    })
    expect((await api.call('GET', `${path}/jobs?limit=0&excludeTotal=1`)).body).toMatchObject({ count: 0, total: null })
  })

  it.each([
    ["state = 'running', started_at = now()", 'RUNNING'],
    ["state = 'interrupted', run_after = now(), error_code = 'okta_unavailable', outcome = 'partial'", 'PENDING'],
    ["state = 'interrupted', run_after = null, error_code = 'okta_token_rejected', outcome = 'failed'", 'FAILED'],
    ["state = 'ended', outcome = 'complete'", 'SUCCEEDED'],
    ["state = 'ended', outcome = 'partial'", 'PARTIAL'],
    ["state = 'ended', outcome = 'failed'", 'FAILED'],
    ["state = 'ended', outcome = 'failed', error_code = 'job_stalled'", 'TIMED_OUT'],
    ["state = 'ended', outcome = 'failed', error_code = 'job_canceled'", 'CANCELED'],
  ])('with %s are %s', async (assignments, status) => {
    const { path, jobId } = await connected()
    await setJob(jobId, `${assignments}, ended_at = now()`)
    const { body } = await api.call('GET', `${path}/jobs/${jobId}`)
    expect(body.status).toBe(status)
    expect(body.finished_at === null).toBe(status === 'RUNNING' || status === 'PENDING')
    if (assignments.includes('error_code')) expect(body.error).toMatchObject({ remedy: expect.stringMatching(/\w/) })
  })

  it('show live progress: rows, parents, buckets with the share used, and the time left', async () => {
    const { path, jobId } = await connected()
    const progress = {
      etaMs: 61_400,
      buckets: [{ bucket: '/api/v1/apps', limit: 100, remaining: 25, resetsInMs: 30_000, perMinute: 90 }],
      steps: [{ stream: 'application_users', bucket: '/api/v1/apps', parents: { done: 3, total: 14 } }],
    }
    await api.org.db.query("update sync_jobs set state = 'running', started_at = now(), progress = $2 where id = $1", [
      jobId,
      JSON.stringify(progress),
    ])
    await addStep(jobId, 'application_users', {
      state: 'running',
      rows_read: 40,
      pages: 3,
      requests: 4,
      rate_limited: 1,
    })
    await addStep(jobId, 'users', { outcome: 'complete', rows_read: 12, pages: 1, requests: 1 })
    const { body } = await api.call('GET', `${path}/jobs/${jobId}`)
    expect(body).toMatchObject({
      status: 'RUNNING',
      eta_seconds: 61,
      requests: 5,
      rate_limited: 1,
      buckets: [{ bucket: '/api/v1/apps', used_share: 0.75, resets_in_seconds: 30, per_minute: 90 }],
      data_exports: [
        { resource: 'users', data_export_type: 'idp_users', outcome: 'complete', rows: 12, parents: null },
        { resource: 'application_users', state: 'running', rows: 40, parents: { done: 3, total: 14 } },
      ],
    })
  })

  it('show what was planned beside what was spent, and at the end how far off it was', async () => {
    const { path, jobId } = await connected()
    const users = '/api/v1/users'
    const plan = {
      requests: 12,
      seconds: 4.5,
      at_least: false,
      buckets: { [users]: { requests: 10, seconds: 4.5 }, '/api/v1/logs': { requests: 2, seconds: null } },
      resources: { users: 10, log_events: 2 },
    }
    await setJob(jobId, "state = 'running', started_at = now()")
    await api.org.db.query('update sync_jobs set plan = $2 where id = $1', [jobId, JSON.stringify(plan)])
    await addStep(jobId, 'users', { requests: 10, buckets: { [users]: 9, '/api/v1/iam': 1 } })
    const job = () => api.call('GET', `${path}/jobs/${jobId}`)
    expect((await job()).body).toMatchObject({
      estimate_error: null,
      plan: {
        requests: 12,
        buckets: {
          [users]: { requests: 10, spent: 9, seconds: 4.5 },
          '/api/v1/logs': { requests: 2, spent: 0, seconds: null },
          '/api/v1/iam': { requests: 0, spent: 1, seconds: null },
        },
        resources: { users: 10, log_events: 2 },
      },
    })
    await setJob(jobId, "state = 'ended', outcome = 'complete', ended_at = now()")
    expect((await job()).body.estimate_error).toBe(-0.2)
  })

  it('are not found under another connection, nor where there is none', async () => {
    const [one, other] = [await connected(), await connected()]
    for (const path of [`${other.path}/jobs/${one.jobId}`, `${one.path}/jobs/${newId()}`])
      expect(await api.call('GET', path)).toMatchObject({ status: 404, body: { code: 'job_not_found' } })
    expect((await api.call('POST', `${other.path}/jobs/${one.jobId}/cancel`)).status).toBe(404)
  })
})

describe('a request for a sync', () => {
  it('answers 200 with the unfinished job while there is one, and makes a new one afterwards', async () => {
    const { path, jobId } = await connected()
    for (const body of [undefined, {}])
      expect(await api.call('POST', `${path}/sync`, { body })).toMatchObject({ status: 200, body: { id: jobId } })
    await setJob(jobId, "state = 'ended', outcome = 'complete', ended_at = now()")
    const { body } = await api.call('POST', `${path}/sync`)
    expect(body).toMatchObject({ status: 'PENDING', trigger: 'request' })
    expect(body.id).not.toBe(jobId)
  })

  it('reads what has changed where that is asked for, once there is a full sync to build on', async () => {
    const { id, path, jobId } = await connected()
    await setJob(jobId, "state = 'ended', outcome = 'failed', ended_at = now()")
    const asked = async (mode: string) => (await api.call('POST', `${path}/sync`, { body: { mode } })).body
    const first = await asked('incremental')
    expect(first).toMatchObject({ mode: 'full' })
    await setJob(first.id, "state = 'ended', outcome = 'complete', ended_at = now()")
    await api.org.db.query('update connections set full_sync_at = now() where id = $1', [id])
    const round = await asked('incremental')
    expect(round).toMatchObject({ mode: 'incremental' })
    expect(await asked('full')).toMatchObject({ id: round.id, mode: 'full' })
    expect((await api.call('POST', `${path}/sync`, { body: { mode: 'half' } })).status).toBe(422)
  })

  it('is taken for a paused connection, which stays paused', async () => {
    const { path } = await connected()
    await api.call('PATCH', path, { body: { state: 'PAUSED' } })
    expect((await api.call('POST', `${path}/sync`)).status).toBe(200)
    expect((await api.call('GET', path)).body.state).toBe('PAUSED')
  })

  it('that confirms deletes hands on the yes, and is a 409 while a sync is running', async () => {
    const { path, jobId } = await connected()
    expect((await api.call('POST', `${path}/confirm-deletes`)).body.id).toBe(jobId)
    const settings = () => api.org.db.query('select settings from sync_jobs where id = $1', [jobId])
    expect(await settings()).toMatchObject([{ settings: { confirmDeletes: true } }])
    await setJob(jobId, "state = 'running', started_at = now()")
    const refused = await api.call('POST', `${path}/confirm-deletes`)
    expect(refused).toMatchObject({ status: 409, body: { code: 'sync_already_running' } })
  })
})

describe('the plan of a sync', () => {
  it('is counted for a first one, and known from what is stored for any other', async () => {
    const { id, path } = await connected()
    api.org.sim.resetCounts()
    const first = await api.call('GET', `${path}/plan`)
    expect(first).toMatchObject({ status: 200, body: { at_least: false } })
    expect(api.org.sim.counts.total).toBeGreaterThan(10)
    expect(api.org.sim.counts.total).toBeLessThan(40)
    const { requests, connection_id } = await api.org.sync()
    expect(Math.abs(Number(first.body.requests) - requests) / requests).toBeLessThan(0.1)

    // As if this connection were the one that was synced.
    await api.org.db.query("update sync_jobs set state = 'ended' where connection_id = $1", [id])
    await api.org.db.query('update sync_jobs set connection_id = $1 where connection_id = $2', [id, connection_id])
    api.org.sim.resetCounts()
    const second = await api.call('GET', `${path}/plan?mode=full`)
    expect(second.body.resources).toMatchObject({ policies: 13, user_roles: expect.any(Number) })
    expect((await api.call('GET', `${path}/plan?mode=incremental`)).status).toBe(200)
    expect(api.org.sim.counts.total).toBe(0)
    expect((await api.call('GET', `${path}/plan?mode=some`)).status).toBe(422)
  })
})

describe('the cancelling of a job', () => {
  it('ends one that waits, and answers one that has ended as it is', async () => {
    const { path, jobId } = await connected()
    const canceled = await api.call('POST', `${path}/jobs/${jobId}/cancel`)
    expect(canceled).toMatchObject({ status: 200, body: { id: jobId, status: 'CANCELED' } })
    expect(await api.call('POST', `${path}/jobs/${jobId}/cancel`)).toEqual(canceled)
  })

  it('asks one that runs', async () => {
    const { path, jobId } = await connected()
    await setJob(jobId, "state = 'running', started_at = now(), lease_until = now() + interval '1 minute'")
    const { body } = await api.call('POST', `${path}/jobs/${jobId}/cancel`)
    expect(body).toMatchObject({ status: 'RUNNING', cancel_requested_at: expect.any(String) })
  })
})

describe('health over several jobs', () => {
  const complete = { outcome: 'complete', rows_read: 12, ended_at: '2026-01-01T00:00:00Z' }
  const refused = { outcome: 'not_permitted', reason_code: 'okta_scope_missing', ended_at: '2026-01-02T00:00:00Z' }

  it('keeps what each resource last showed while the next job runs or was canceled', async () => {
    const { path, jobId } = await connected()
    await setJob(jobId, "state = 'ended', outcome = 'partial', started_at = now(), ended_at = now()")
    await addStep(jobId, 'users', complete)
    await addStep(jobId, 'user_roles', refused)
    const next = (await api.call('POST', `${path}/sync`)).body.id
    await setJob(next, "created_at = now() + interval '1 minute'")
    const seen = async () => (await api.call('GET', path)).body.health as Record<string, unknown>
    expect(await seen()).toMatchObject({
      name: 'UNAUTHORIZED',
      details: [{ data_export_type: 'idp_roles', endpoint: 'GET /api/v1/users/{userId}/roles' }],
      resources: [
        { resource: 'users', outcome: 'complete', rows: 12, last_complete_at: '2026-01-01T00:00:00.000Z' },
        { resource: 'user_roles', outcome: 'not_permitted', last_complete_at: null },
      ],
    })
    await setJob(next, "state = 'ended', outcome = 'failed', error_code = 'job_canceled', ended_at = now()")
    expect(await seen()).toMatchObject({ name: 'UNAUTHORIZED' })
    const last = (await api.call('POST', `${path}/sync`)).body.id
    await setJob(
      last,
      "created_at = now() + interval '2 minutes', state = 'interrupted', outcome = 'failed', error_code = 'okta_unavailable', run_after = now()",
    )
    expect(await seen()).toMatchObject({ name: 'VENDOR_SERVER_ERROR', resources: [{ outcome: 'complete' }, {}] })
  })
})

describe('the audit log', () => {
  it('shows a full key its own environment, the newest first, by organization, action and time', async () => {
    const { path, id } = await connected()
    const organizationId = path.split('/')[4]
    await api.call('POST', `${path}/sync`)
    const log = (query: string, key = api.key) => api.call('GET', `/v1/audit-log?${query}`, { key })
    const { body } = await log(`organizationId=${organizationId}`)
    expect(body).toMatchObject({ count: 3, total: 3 })
    expect(body.items.map(({ action }) => action)).toEqual([
      'sync.requested',
      'connection.created',
      'organization.created',
    ])
    expect(body.items[1]).toMatchObject({ object_id: id, actor_type: 'api_key', actor_name: 'ours' })
    const one = await log(`organizationId=${organizationId}&action=sync.requested&since=2026-01-01T00:00:00Z`)
    expect(one.body.total).toBe(1)
    expect((await log('since=9000-01-01T00:00:00Z')).body.total).toBe(0)
    expect((await log('', api.strangersKey)).body.total).toBe(0)
    expect((await log('', api.readOnlyKey)).status).toBe(403)
    expect((await log('action=nothing')).status).toBe(422)
  })
})
