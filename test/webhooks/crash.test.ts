import { expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { newId } from '../../src/ids.ts'
import { type FeedStep, listBehind, moveFeed } from '../../src/store/webhook-feed.ts'
import { eventually } from '../harness/eventually.ts'
import { useHooked } from './hooked.ts'
import { ok } from './receiver.ts'

const hooked = useHooked()

const claimsRunOut = () => hooked.db.query("update webhook_messages set lease_until = now() - interval '1 second'")

it('a process that dies between sending and noting it makes the message come again, with the same id', async () => {
  const hook = await hooked.hook()
  await hooked.users({ '00u1': 'Ada' })
  let isDead = false
  const doomed = await hooked.anotherDb({
    beforeCommit: () => {
      if (isDead) throw new Error('killed')
    },
  })
  hooked.receiver.answer((response, message) => {
    isDead = true
    ok(response, message)
  })
  await hooked
    .dispatcher({ db: doomed, owner: 'dead' })
    .pass()
    .catch(() => {})
  expect(await hooked.db.query('select state, attempts, lease_owner from webhook_messages')).toEqual([
    { state: 'pending', attempts: 1, lease_owner: 'dead' },
  ])
  // Others leave it alone for as long as it may still be under way.
  const other = hooked.dispatcher()
  expect(await other.pass()).toBe(0)
  await claimsRunOut()
  expect(await other.pass()).toBe(1)
  const [first, second, ...more] = hooked.receiver.received
  expect([second?.id, second?.body, more]).toEqual([first?.id, first?.body, []])
  expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered', attempts: 2 }])
})

it('a process that dies between making messages and noting how far it came makes them once', async () => {
  const hook = await hooked.hook()
  await hooked.users({ '00u1': 'Ada', '00u2': 'Bob' })
  let commits = 0
  const doomed = await hooked.anotherDb({
    beforeCommit: () => {
      // The first commit is that of the reading.
      if (++commits >= 2) throw new Error('killed')
    },
  })
  await hooked
    .dispatcher({ db: doomed })
    .pass()
    .catch(() => {})
  expect(await hooked.deliveries(hook)).toEqual([])
  expect(await hooked.dispatcher().pass()).toBe(2)
  expect(await hooked.deliveries(hook)).toHaveLength(2)
})

it('of two processes that read on from one place, one makes the messages', async () => {
  const hook = await hooked.hook()
  await hooked.users({ '00u1': 'Ada' })
  for (const isFirst of [true, false]) {
    const [behind] = await listBehind(hooked.db, 1_000)
    if (!behind) throw new Error('there is something to tell')
    const to = { tx: behind.changes.place.tx, seq: '1000000' }
    const step = (id: string): FeedStep => ({
      endpointId: hook.id,
      connectionId: hooked.connection.id,
      feed: 'changes',
      from: behind.changes.place,
      to: isFirst ? to : { ...to, seq: '2000000' },
      messages: [{ id, type: 'idp.user.created', subjectId: hooked.userId('00u1'), change: null, payload: '{}' }],
    })
    const moved = await Promise.all([newId(), newId()].map((id) => moveFeed(hooked.db, step(id))))
    expect(moved.sort()).toEqual([false, true])
    expect(await hooked.deliveries(hook)).toHaveLength(isFirst ? 1 : 2)
    await hooked.users({ '00u1': 'Ada again' })
  }
})

it('several processes make and send each message once', async () => {
  const hook = await hooked.hook()
  await hooked.users(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`00u${index}`, `User ${index}`])))
  const dispatchers = Array.from({ length: 3 }, () => hooked.dispatcher({ mostPending: 50 }))
  let most = 0
  hooked.receiver.answer((response, message) => {
    most = Math.max(most, hooked.receiver.open.size)
    ok(response, message)
  })
  await eventually(async () => {
    await Promise.all(dispatchers.map((each) => each.pass()))
    expect((await hooked.deliveries(hook)).filter(({ state }) => state === 'delivered')).toHaveLength(200)
  })
  const ids = hooked.receiver.received.map(({ id }) => id)
  expect([ids.length, new Set(ids).size]).toEqual([200, 200])
  // Together they keep to what one endpoint may be sent at the same time.
  expect(most).toBeLessThanOrEqual(8)
})

it('a process that stood still after it took a message gives it back: others may have it by now', async () => {
  const hook = await hooked.hook()
  await hooked.users({ '00u1': 'Ada' })
  const times = [0, 31_000]
  const clock = { ...systemClock, now: () => Date.now() + (times.shift() ?? 0) }
  // Taken twice, and sent the second time.
  expect(await hooked.dispatcher({ clock }).pass()).toBe(2)
  expect(hooked.receiver.received).toHaveLength(1)
  expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered', attempts: 1 }])
})

it('a dispatcher that is stopped gives back what it has not sent, for others to send at once', async () => {
  const hook = await hooked.hook()
  await hooked.users({ '00u1': 'Ada' })
  hooked.receiver.answer(() => {})
  const waiting: (() => void)[] = []
  const clock = {
    ...systemClock,
    deadline: (_ms: number, kind: 'request' | 'watchdog', onExpire: () => void) => {
      if (kind === 'watchdog') waiting.push(onExpire)
      return { clear() {} }
    },
  }
  const dispatcher = hooked.dispatcher({ clock })
  dispatcher.start()
  await eventually(() => expect(hooked.receiver.open.size).toBe(1))
  const stopped = dispatcher.stop()
  for (const giveUp of waiting) giveUp()
  await stopped
  expect(await hooked.db.query('select state, attempts, lease_owner from webhook_messages')).toEqual([
    { state: 'pending', attempts: 0, lease_owner: null },
  ])
  hooked.receiver.answer(ok)
  expect(await hooked.dispatcher().pass()).toBe(1)
  expect(await hooked.deliveries(hook)).toMatchObject([{ state: 'delivered' }])
})

it('a dispatcher that runs tells what happens by itself', async () => {
  await hooked.hook()
  const dispatcher = hooked.dispatcher()
  dispatcher.start()
  await hooked.users({ '00u1': 'Ada' })
  await eventually(() => expect(hooked.receiver.received).toHaveLength(1))
  await dispatcher.stop()
})
