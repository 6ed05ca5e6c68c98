import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { retryDelivery } from '../../src/store/webhook-messages.ts'
import { eventually } from '../harness/eventually.ts'
import { deadlinesByHand, type Hook, useHooked } from './hooked.ts'
import { type Answer, ok, status } from './receiver.ts'

const hooked = useHooked()

/** Seconds until the next attempt, by PostgreSQL's clock. */
async function waits(hook: Hook): Promise<(number | null)[]> {
  const rows = await hooked.db.query<{ secs: number }>(
    `select round(extract(epoch from next_attempt_at - last_attempt_at))::int as secs from webhook_messages
      where endpoint_id = $1 order by seq`,
    [hook.id],
  )
  return rows.map(({ secs }) => secs)
}

describe('a receiver that', () => {
  const broken: [string, Answer, object][] = [
    ['fails', status(500), { last_status: 500, last_error: 'status' }],
    ['refuses', status(400), { last_status: 400, last_error: 'status' }],
    ['redirects', status(307, { location: '/elsewhere' }), { last_status: 307, last_error: 'redirect' }],
    [
      'breaks off before it answers',
      (response) => void response.destroy(),
      { last_status: null, last_error: 'connection_broken' },
    ],
    [
      'answers what is not HTTP',
      (response) => void response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n'),
      { last_status: null, last_error: 'connection_broken' },
    ],
    [
      'closes in the middle of its answer',
      (response) => {
        response.writeHead(200, { 'content-length': '50' }).write('{')
        setImmediate(() => response.destroy())
      },
      { last_status: 200, last_error: 'answer_broken' },
    ],
  ]

  it.each(broken)('%s loses nothing: the same message comes again', async (_, answer, seen) => {
    const hook = await hooked.hook()
    hooked.receiver.answer(answer)
    await hooked.users({ '00u1': 'Ada' })
    const dispatcher = hooked.dispatcher()
    expect(await dispatcher.pass()).toBe(1)
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'pending', attempts: 1, ...seen }])
    expect(await waits(hook)).toEqual([5])
    expect(await dispatcher.pass()).toBe(0)
    hooked.receiver.answer(ok)
    await hooked.due(hook)
    expect(await dispatcher.pass()).toBe(1)
    const [first, second] = hooked.receiver.received
    expect(second).toMatchObject({ path: '/', id: first?.id, body: first?.body })
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered', attempts: 2, last_error: null }])
  })

  it('hangs has fifteen seconds, before it answers and in the middle of it', async () => {
    const hook = await hooked.hook()
    const { clock, expire } = deadlinesByHand()
    const dispatcher = hooked.dispatcher({ clock })
    await hooked.users({ '00u1': 'Ada' })
    // The second says that more will come than does.
    const answers: Answer[] = [
      () => {},
      (response) => void response.writeHead(200, { 'content-length': '50' }).write('{'),
    ]
    for (const answer of answers) {
      hooked.receiver.answer(answer)
      const sent = dispatcher.pass()
      await eventually(() => expect(hooked.receiver.open.size).toBe(1))
      expire()
      expect(await sent).toBe(1)
      expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'pending', last_error: 'timeout' }])
      await eventually(() => expect(hooked.receiver.open.size).toBe(0))
      await hooked.due(hook)
    }
    hooked.receiver.answer(ok)
    expect(await dispatcher.pass()).toBe(1)
  })

  it('never ends its answer is cut off after 64 KiB, and has answered', async () => {
    const hook = await hooked.hook()
    let written = 0
    let isCut = false
    hooked.receiver.answer((response) => {
      response.writeHead(200)
      response.on('close', () => {
        isCut = true
      })
      const more = () => {
        if (isCut) return
        written += 16_384
        if (response.write(Buffer.alloc(16_384, 'x'))) setImmediate(more)
        else response.once('drain', more)
      }
      more()
    })
    await hooked.users({ '00u1': 'Ada' })
    expect(await hooked.dispatcher().pass()).toBe(1)
    await eventually(() => expect(isCut).toBe(true))
    expect(written).toBeLessThan(20 * 1024 * 1024)
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered', last_status: 200 }])
  })

  it('is gone is sent nothing more, and what it missed waits', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(410))
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    await hooked.users({ '00u2': 'Bob' })
    await hooked.due(hook)
    expect(await hooked.dispatcher().pass()).toBe(0)
    expect(await hooked.db.query('select state, disabled_reason from webhook_endpoints')).toEqual([
      { state: 'disabled', disabled_reason: 'gone' },
    ])
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'pending', last_error: 'gone' }])
  })

  it('does not listen at all is unreachable', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await eventually(() => expect(server.listening).toBe(true))
    const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    await new Promise((resolve) => server.close(resolve))
    const hook = await hooked.hook('/', { url: origin })
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher({ allowed: [origin] }).pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'unreachable', last_status: null }])
  })
})

describe('what failed', () => {
  it('is tried again after 5 seconds, 5 and 30 minutes, 2, 5 and 10 hours, and parked after a day', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(500))
    await hooked.users({ '00u1': 'Ada' })
    const dispatcher = hooked.dispatcher()
    const seen: (number | null)[] = []
    for (let attempt = 1; attempt <= 6; attempt++) {
      await dispatcher.pass()
      seen.push(...(await waits(hook)))
      await hooked.due(hook)
    }
    expect(seen).toEqual([5, 300, 1_800, 7_200, 18_000, 36_000])
    // 23 hours after the first attempt: the last one is a day after it, however long the wait would be.
    await hooked.db.query("update webhook_messages set first_attempt_at = now() - interval '23 hours'")
    await dispatcher.pass()
    expect(await waits(hook)).toEqual([3_600])
    await hooked.db.query("update webhook_messages set first_attempt_at = now() - interval '24 hours'")
    await hooked.due(hook)
    await dispatcher.pass()
    expect(await hooked.deliveries(hook)).toMatchObject([
      { state: 'parked', attempts: 8, parked_at: expect.any(String), next_attempt_at: null, last_error: 'status' },
    ])
    hooked.receiver.answer(ok)
    expect(await dispatcher.pass()).toBe(0)
    const [parked] = await hooked.deliveries(hook)
    await retryDelivery(hooked.db, parked?.id ?? '')
    expect(await dispatcher.pass()).toBe(1)
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered', parked_at: null }])
    expect(new Set(hooked.receiver.received.map(({ id }) => id)).size).toBe(1)
  })

  it.each([
    [429, '60', 60],
    [503, '1', 5],
    [503, '999999', 3_600],
    [429, 'soon', 5],
    [500, '60', 5],
  ])('with %i and Retry-After %s waits %i seconds', async (code, retryAfter, seconds) => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(code, { 'retry-after': retryAfter }))
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    expect(await waits(hook)).toEqual([seconds])
  })

  it('with Retry-After as a date waits until then, and so does all else of this endpoint', async () => {
    const hook = await hooked.hook()
    const until = new Date(Date.now() + 120_000).toUTCString()
    hooked.receiver.answer(status(429, { 'retry-after': until }))
    await hooked.users({ '00u1': 'Ada' })
    const dispatcher = hooked.dispatcher()
    await dispatcher.pass()
    const [wait] = await waits(hook)
    expect(wait).toBeGreaterThan(110)
    expect(wait).toBeLessThanOrEqual(121)
    hooked.receiver.answer(ok)
    await hooked.users({ '00u2': 'Bob' })
    expect(await dispatcher.pass()).toBe(0)
    await hooked.due(hook)
    expect(await dispatcher.pass()).toBe(2)
  })
})
