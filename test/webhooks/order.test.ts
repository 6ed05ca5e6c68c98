import { describe, expect, it } from 'vitest'
import { retryDelivery } from '../../src/store/webhook-messages.ts'
import { eventually } from '../harness/eventually.ts'
import { deadlinesByHand, useHooked } from './hooked.ts'
import { type Answer, ok, status } from './receiver.ts'

const hooked = useHooked()

describe('messages about one record', () => {
  it('come in order: a later one waits until the earlier is delivered', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(500))
    await hooked.users({ '00u1': 'Ada 1', '00u2': 'Bob 1' })
    const dispatcher = hooked.dispatcher()
    await dispatcher.pass()
    hooked.receiver.answer(ok)
    await hooked.users({ '00u1': 'Ada 2', '00u3': 'Cid 1' })
    await hooked.users({ '00u1': 'Ada 3' })
    // Only what is about another record is sent meanwhile.
    expect(await dispatcher.pass()).toBe(1)
    expect(hooked.receiver.received.at(-1)?.data.vendor_id).toBe('00u3')
    await hooked.due(hook)
    await dispatcher.pass()
    const about = hooked.receiver.received.filter(({ data }) => data.vendor_id === '00u1').slice(1)
    expect(about.map(({ data }) => data.kind)).toEqual(['created', 'updated', 'updated'])
    const places = about.map(({ data }) => Number(String(data.change_id).split('-')[1]))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect((await hooked.deliveries(hook)).every(({ state }) => state === 'delivered')).toBe(true)
  })

  it('are never under way together, however many send', async () => {
    const hook = await hooked.hook()
    for (let round = 0; round < 6; round++)
      await hooked.users(Object.fromEntries(['00u1', '00u2', '00u3'].map((id) => [id, `round ${round}`])))
    const together: string[] = []
    hooked.receiver.answer(async (response, message) => {
      const same = [...hooked.receiver.open].filter((one) => one.data.record_id === message.data.record_id)
      if (same.length > 1) together.push(message.id)
      await new Promise((resolve) => setImmediate(resolve))
      ok(response, message)
    })
    const dispatchers = Array.from({ length: 4 }, () => hooked.dispatcher())
    await eventually(async () => {
      await Promise.all(dispatchers.map((each) => each.pass()))
      const states = (await hooked.deliveries(hook)).map(({ state }) => state)
      expect([states.length, new Set(states)]).toEqual([18, new Set(['delivered'])])
    })
    expect(together).toEqual([])
    expect(hooked.receiver.received).toHaveLength(18)
    for (const id of ['00u1', '00u2', '00u3']) {
      const heard = hooked.receiver.received.filter(({ data }) => data.vendor_id === id)
      const places = heard.map(({ data }) => Number(String(data.change_id).split('-')[1]))
      expect(places).toEqual([...places].sort((a, b) => a - b))
    }
  })

  it('that was parked and is sent again waits for the later one that is under way', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(500))
    await hooked.users({ '00u1': 'Ada 1' })
    const dispatcher = hooked.dispatcher()
    await dispatcher.pass()
    await hooked.db.query("update webhook_messages set state = 'parked', parked_at = now()")
    const answers: (() => void)[] = []
    hooked.receiver.answer((response, message) => void answers.push(() => void ok(response, message)))
    await hooked.users({ '00u1': 'Ada 2' })
    const sent = dispatcher.pass()
    await eventually(() => expect(answers).toHaveLength(1))
    const [parked] = await hooked.deliveries(hook)
    await retryDelivery(hooked.db, parked?.id ?? '')
    expect(await hooked.dispatcher().pass()).toBe(0)
    hooked.receiver.answer(ok)
    answers[0]?.()
    // The one who sent it goes on with the other.
    expect(await sent).toBe(2)
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }])
  })

  it('go on once the earlier is parked', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(500))
    await hooked.users({ '00u1': 'Ada 1' })
    await hooked.users({ '00u1': 'Ada 2' })
    const dispatcher = hooked.dispatcher()
    await dispatcher.pass()
    await hooked.db.query(
      "update webhook_messages set first_attempt_at = now() - interval '25 hours' where attempts > 0",
    )
    await hooked.due(hook)
    hooked.receiver.answer((response, message) =>
      (message.data.kind === 'created' ? status(500) : ok)(response, message),
    )
    expect(await dispatcher.pass()).toBe(2)
    expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'parked' }, { state: 'delivered' }])
  })
})

describe('a receiver in trouble', () => {
  it('delays no other: those that hang keep their places, and the rest is told at once', async () => {
    const { clock, expire } = deadlinesByHand()
    for (let index = 0; index < 10; index++) await hooked.hook(`/hangs/${index}`)
    // They have hung before.
    await hooked.db.query('update webhook_endpoints set failures = 3')
    await hooked.hook('/works')
    hooked.receiver.answer((response, message) => (message.path === '/works' ? ok(response, message) : undefined))
    await hooked.users(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`00u${index}`, 'x'])))
    const dispatcher = hooked.dispatcher({ clock })
    dispatcher.start()
    const heard = (path: string) => hooked.receiver.received.filter((one) => one.path.startsWith(path))
    await eventually(() => {
      expect(heard('/works')).toHaveLength(40)
      // One each, and not more of them than may be held up at once.
      expect(hooked.receiver.open.size).toBe(8)
    })
    expect(new Set(heard('/hangs').map(({ path }) => path)).size).toBe(8)
    const stopped = dispatcher.stop()
    expire()
    await stopped
  })

  it('is sent one message at a time, until one arrives', async () => {
    const hook = await hooked.hook()
    hooked.receiver.answer(status(500))
    await hooked.users(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`00u${index}`, 'x'])))
    let most = 0
    const counting = (answer: Answer): Answer => {
      most = 0
      return (response, message) => {
        most = Math.max(most, hooked.receiver.open.size)
        return new Promise((resolve) => setImmediate(() => resolve(answer(response, message))))
      }
    }
    const dispatcher = hooked.dispatcher()
    hooked.receiver.answer(counting(status(500)))
    await dispatcher.pass()
    await hooked.due(hook)
    hooked.receiver.answer(counting(status(500)))
    expect(await dispatcher.pass()).toBe(20)
    expect(most).toBe(1)
    await hooked.due(hook)
    hooked.receiver.answer(counting(ok))
    expect(await dispatcher.pass()).toBe(20)
    expect(most).toBeGreaterThan(1)
    expect((await hooked.deliveries(hook)).every(({ state }) => state === 'delivered')).toBe(true)
  })
})
