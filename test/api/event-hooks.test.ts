import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApp } from '../../src/api/app.ts'
import { enqueueHooked } from '../../src/store/event-hook-deliveries.ts'
import { markJob } from '../../src/store/jobs.ts'
import { type Body, type Provisioned, useProvisioned } from './provisioned.ts'

let api: Provisioned
let organization: string
useProvisioned((opened, path) => {
  api = opened
  organization = path
})

/** A connection's event hook, for each test another. */
let connection: Body
let hook: Body
let path: string
beforeEach(async () => {
  connection = await api.connection(organization)
  path = `${organization}/connections/${connection.id}/event-hook`
  hook = (await api.call('POST', path)).body
})

const state = async () => (await api.call('GET', path)).body
const secretOf = (made: Body) => String((made as Body & { secret: string }).secret)
const query = (sql: string) => api.org.db.query(sql, [connection.id])
const setConnection = (assignment: string) => query(`update connections set ${assignment} where id = $1`)

interface Push {
  readonly method?: string
  readonly secret?: string | null
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly id?: string
  readonly base?: string
}

/** What Okta sends, or somebody in its place. */
function push({
  method = 'POST',
  secret = secretOf(hook),
  headers = {},
  body,
  id = hook.id,
  base = api.base,
}: Push): Promise<Response> {
  return fetch(`${base}/event-hooks/${id}`, {
    method,
    headers: { 'content-type': 'application/json', ...(secret !== null && { authorization: secret }), ...headers },
    ...(method === 'POST' && { body: typeof body === 'string' ? body : JSON.stringify(body ?? deliveryOf([])) }),
  })
}
const deliveryOf = (events: readonly unknown[]) => ({ eventType: 'com.okta.event_hook', data: { events } })
const event = (eventType: string, userId = '00u1', uuid: string = randomUUID()) => ({
  uuid,
  eventType,
  published: new Date().toISOString(),
  outcome: { result: 'SUCCESS' },
  target: [{ type: 'User', id: userId }],
})
const tell = (...events: readonly unknown[]) => push({ body: deliveryOf(events) })

/** Hooks want rounds of a connection that was read once and has nothing to do. */
async function ready(): Promise<void> {
  await query("update sync_jobs set state = 'ended', outcome = 'complete', run_after = null where connection_id = $1")
  await setConnection('full_sync_at = now()')
}
const roundsWanted = async () =>
  (await enqueueHooked(api.org.db, 50)).filter(({ job }) => job.connection_id === connection.id)
const kept = () => query('select event_id, targets from event_hook_events where connection_id = $1')

describe('the event hook of a connection', () => {
  it('is one, answered with where to post, the header, the types and this once the secret', async () => {
    expect(hook).toMatchObject({ connection_id: connection.id, header_name: 'Authorization', verified_at: null })
    expect(hook.url).toBe(`${api.publicUrl}/event-hooks/${hook.id}`)
    expect(hook.event_types).toContain('group.user_membership.add')
    expect(secretOf(hook)).toMatch(/^rch_[\w-]{43}$/)
    expect(JSON.stringify(await state())).not.toContain('rch_')
    expect(await api.call('POST', path)).toMatchObject({ status: 409, body: { code: 'event_hook_exists' } })
    const rows = await api.org.db.query('select row_to_json(h)::text as text from event_hooks h')
    expect(JSON.stringify(rows)).not.toContain(secretOf(hook))
  })

  it('takes the secret before for a day, and an older one no more', async () => {
    const { body: second } = await api.call('POST', `${path}/rotate-secret`)
    expect(
      await Promise.all([hook, second].map(async (made) => (await push({ secret: secretOf(made) })).status)),
    ).toEqual([204, 204])
    const { body: third } = await api.call('POST', `${path}/rotate-secret`)
    const statuses = async () =>
      Promise.all([hook, second, third].map(async (made) => (await push({ secret: secretOf(made) })).status))
    expect(await statuses()).toEqual([401, 204, 204])
    await query('update event_hooks set previous_until = now() where connection_id = $1')
    expect(await statuses()).toEqual([401, 401, 204])
  })

  it('is gone with its connection, or deleted by itself, and each is written down', async () => {
    expect(await api.call('DELETE', path)).toMatchObject({ status: 200, body: { id: hook.id } })
    for (const [method, at] of [
      ['GET', path] as const,
      ['DELETE', path] as const,
      ['POST', `${path}/rotate-secret`] as const,
    ])
      expect(await api.call(method, at)).toMatchObject({ status: 404, body: { code: 'event_hook_not_found' } })
    expect((await push({})).status).toBe(401)
    hook = (await api.call('POST', path)).body
    expect((await tell(event('user.lifecycle.suspend'))).status).toBe(204)
    await api.call('DELETE', `${organization}/connections/${connection.id}`)
    expect((await push({})).status).toBe(401)
    expect(await query('select from event_hooks where connection_id = $1')).toEqual([])
    const { body } = await api.call('GET', '/v1/audit-log?limit=20')
    const actions = body.items.map(({ action }) => action).filter((action) => String(action).startsWith('event_hook'))
    expect(actions).toEqual(expect.arrayContaining(['event_hook.created', 'event_hook.deleted']))
    expect(JSON.stringify(body)).not.toContain('rch_')
  })
})

describe('a challenge', () => {
  const challenge = (value: string, secret = secretOf(hook)) =>
    push({ method: 'GET', secret, headers: { 'x-okta-verification-challenge': value } })

  it('is answered to whoever shows the secret', async () => {
    const answer = await challenge('p1-Xyz_')
    expect([answer.status, await answer.json()]).toEqual([200, { verification: 'p1-Xyz_' }])
    expect(await state()).toMatchObject({ verified_at: expect.any(String), rejected: 0 })
  })

  it('is not answered without it, nor where there is none or too long a one', async () => {
    expect((await challenge('p1', 'rch_wrong')).status).toBe(401)
    expect((await push({ method: 'GET' })).status).toBe(422)
    expect((await challenge('x'.repeat(1_001))).status).toBe(422)
    expect(await state()).toMatchObject({ verified_at: null, rejected: 1 })
  })
})

describe('a delivery', () => {
  it('without the secret is refused as one to a hook that there is not, and a flood of them is one write', async () => {
    const wrong = secretOf(hook).replace(/.{5}$/, 'AAAAA')
    const sent: Push[] = [
      { secret: wrong },
      { secret: null },
      { secret: `Bearer ${secretOf(hook)}` },
      { secret: wrong, id: randomUUID() },
      { id: randomUUID() },
      { id: "' or 1=1" },
    ]
    const answers = await Promise.all(
      sent.map(async (one) => {
        const response = await push({ ...one, body: deliveryOf([event('user.lifecycle.suspend')]) })
        const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>
        return JSON.stringify([response.status, body])
      }),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('401,{"detail":"There is no event hook of this address and secret."')
    expect(await state()).toMatchObject({ deliveries: 0, events: 0, rejected: 1, last_rejected_at: expect.any(String) })
  })

  it('wants a round soon, once, and keeps what it names until then', async () => {
    await ready()
    const told = event('user.lifecycle.suspend', '00u7')
    const answer = await tell(told, event('user.session.start'))
    expect([answer.status, await answer.text()]).toEqual([204, ''])
    await tell(told)
    expect(await kept()).toEqual([
      {
        event_id: told.uuid,
        targets: [
          { kind: 'record', stream: 'users', key: '00u7' },
          { kind: 'children', stream: 'user_groups', key: '00u7' },
        ],
      },
    ])
    expect(await state()).toMatchObject({ deliveries: 2, events: 3 })
    const rounds = await roundsWanted()
    expect(rounds).toMatchObject([{ isNew: true, job: { mode: 'incremental', trigger: 'schedule', state: 'queued' } }])
    expect(await roundsWanted()).toEqual([])
  })

  it('brings about one round in fifteen seconds at most, and none beside a sync that runs', async () => {
    await ready()
    await tell(event('user.lifecycle.suspend'))
    const [round] = await roundsWanted()
    await tell(event('user.lifecycle.suspend'))
    await query("update event_hooks set round_at = now() - interval '16 seconds' where connection_id = $1")
    expect(await roundsWanted()).toEqual([])
    const end = { state: 'ended', outcome: 'complete', seconds: 1, at: new Date().toISOString() } as const
    await markJob(api.org.db, round?.job.id ?? '', { ...end, error: null, retryInMs: null })
    await query("update event_hooks set round_at = now() - interval '14 seconds' where connection_id = $1")
    expect(await roundsWanted()).toEqual([])
    await query("update event_hooks set round_at = now() - interval '16 seconds' where connection_id = $1")
    expect(await roundsWanted()).toHaveLength(1)
  })

  it('wants none before a full sync, none while syncs are refused, and none for what leads to nothing', async () => {
    await ready()
    await tell(event('user.session.start'), event('made.up'))
    expect(await roundsWanted()).toEqual([])
    await tell(event('user.lifecycle.suspend'))
    await setConnection('full_sync_at = null')
    expect(await roundsWanted()).toEqual([])
    await setConnection('full_sync_at = now(), refusals = 3')
    expect(await roundsWanted()).toEqual([])
    await setConnection('refusals = 0')
    expect(await roundsWanted()).toHaveLength(1)
  })

  it('to a connection that is paused is accepted, counted and dropped', async () => {
    await ready()
    await setConnection("state = 'PAUSED'")
    expect((await tell(event('user.lifecycle.suspend'))).status).toBe(204)
    await setConnection("state = 'ACTIVE'")
    expect(await state()).toMatchObject({ deliveries: 1, events: 1, dropped: 1 })
    expect([await kept(), await roundsWanted()]).toEqual([[], []])
  })

  it.each([
    ['no JSON', '{"data": {"events": [', 0, 1],
    ['nothing', '', 0, 1],
    ['no events', { data: {} }, 0, 1],
    ['null', 'null', 0, 1],
    ['odd events', deliveryOf([null, 1, 'x', [], {}, { uuid: {} }, { uuid: 'u' }]), 1, 6],
    [
      'odd targets',
      deliveryOf([{ ...event('user.lifecycle.suspend'), target: [null, { type: 'User', id: [] }] }]),
      1,
      0,
    ],
    ['an id of ten thousand letters', deliveryOf([event('user.lifecycle.suspend', '00u1', 'x'.repeat(10_000))]), 0, 1],
  ])('of %s is counted, and nothing comes of it', async (_, body, events, odd) => {
    await ready()
    expect((await push({ body })).status).toBe(204)
    expect(await state()).toMatchObject({ deliveries: 1, events, odd })
    expect([await kept(), await roundsWanted()]).toEqual([[], []])
  })

  it('names three hundred records at once and more only with time, and never a whole stream', async () => {
    await ready()
    await tell(...Array.from({ length: 400 }, (_, number) => event('user.account.update_profile', `00u${number}`)))
    expect(await kept()).toHaveLength(300)
    await tell(event('user.account.update_profile'))
    expect(await kept()).toHaveLength(300)
    await query("update event_hooks set counted_at = counted_at - interval '1 hour' where connection_id = $1")
    await tell({ ...event('iam.resourceset.bindings.add'), target: [] }, event('user.account.update_profile'))
    const rows = (await kept()) as { targets: { kind: string }[] }[]
    expect([rows.length, rows.filter(({ targets }) => targets.length === 0).length]).toEqual([302, 1])
    expect(await roundsWanted()).toHaveLength(1)
  })

  it('may have four megabytes, and is asked for the secret before they are read', async () => {
    const large = JSON.stringify(deliveryOf([{ ...event('user.session.start'), text: 'x'.repeat(4 * 1024 * 1024) }]))
    expect(await (await push({ body: large })).json()).toMatchObject({
      code: 'body_too_large',
      detail: 'A body may have at most 4096 KiB.',
    })
    expect((await push({ body: large, secret: 'rch_wrong' })).status).toBe(401)
    const many = Array.from({ length: 1_000 }, () => ({ ...event('user.session.start'), text: 'x'.repeat(2_000) }))
    expect((await tell(...many)).status).toBe(204)
  })

  it('is limited by its secret, not by the address that it shares with others', async () => {
    const app = await createApp({ ...api.services, rateLimit: 2 })
    const base = await app.listen({ host: '127.0.0.1', port: 0 })
    const { body: rotated } = await api.call('POST', `${path}/rotate-secret`)
    const statuses = async (made: Body) => {
      const answers: number[] = []
      for (let each = 0; each < 3; each++) answers.push((await push({ secret: secretOf(made), base })).status)
      return answers
    }
    expect([await statuses(hook), await statuses(rotated)]).toEqual([
      [204, 204, 429],
      [204, 204, 429],
    ])
    await app.close()
  })

  it('that the database keeps waiting is answered before Okta gives up, and asked for again', async () => {
    let release = () => {}
    const over = new Promise<void>((resolve) => {
      release = resolve
    })
    const waiting = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    let held = Promise.resolve()
    await new Promise<void>((locked) => {
      held = api.org.db.transaction(async (tx) => {
        await tx.query('select from event_hooks where connection_id = $1 for update', [connection.id])
        locked()
        await over
      })
    })
    try {
      const answer = tell(event('user.lifecycle.suspend'))
      await expect.poll(async () => (await api.org.db.query(waiting)).length).toBe(1)
      api.org.clock.advance(1_500)
      expect(await (await answer).json()).toMatchObject({ code: 'event_hook_busy' })
    } finally {
      // Left open, it would keep the feed of every other test on this server waiting.
      release()
      await held
    }
    await expect.poll(async () => (await state()).deliveries).toBe(1)
  })
})

describe('a hook that was verified and is silent', () => {
  const warning = async () => {
    const { body } = await api.call('GET', `${organization}/connections/${connection.id}`)
    const health = body.health as { warnings: { code: string; message: string; since: string }[] } | null
    return health?.warnings.find(({ code }) => code === 'event_hook_silent')
  }

  it('is warned of once the log has told an event that it did not', async () => {
    await ready()
    await query(
      `insert into sync_steps (job_id, stream, state, outcome, ended_at)
       select id, 'users', 'ended', 'complete', now() from sync_jobs where connection_id = $1`,
    )
    await query('update sync_jobs set started_at = now(), ended_at = now() where connection_id = $1')
    await query("update event_hooks set verified_at = now() - interval '5 hours' where connection_id = $1")
    const log = (type: string, age: string) =>
      api.org.db.query(
        `insert into log_events (id, connection_id, vendor_id, event_type, published_at, is_deleted, stream, content_hash,
                                 raw, first_seen_at, changed_at)
         select $2::uuid, $1, $2, $3, now() - $4::interval, false, 'log_events', '', '{}', now(), now()`,
        [connection.id, randomUUID(), type, age],
      )
    await log('user.session.start', '1 hour')
    await log('user.lifecycle.suspend', '5 minutes')
    expect(await warning()).toBeUndefined()
    await log('user.lifecycle.suspend', '1 hour')
    expect(await warning()).toMatchObject({ message: expect.stringContaining('Polling goes on') })
    await tell()
    expect(await warning()).toBeUndefined()
  })
})
