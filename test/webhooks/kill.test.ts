import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSim } from '../../sim/index.ts'
import { openDb } from '../../src/store/db.ts'
import { call, connect, ENCRYPTION_KEY, jobWith, startServe } from '../e2e/server.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { eventually } from '../harness/eventually.ts'
import { openReceiver, type Receiver, verify } from './receiver.ts'

let database: FreshDatabase
let receiver: Receiver
beforeAll(async () => {
  ;[database, receiver] = await Promise.all([freshDatabase(), openReceiver()])
})
afterAll(async () => {
  await receiver.close()
  await database.drop()
})

test('what a server that is killed has sent and not noted, the next one sends again with the same id', async () => {
  const sim = await startSim({ users: 5, limitScale: 1_000 })
  const db = await openDb(database.url)
  const env = {
    DATABASE_URL: database.url,
    ROLLCALL_ENCRYPTION_KEY: ENCRYPTION_KEY,
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: `${sim.origin},${receiver.origin}`,
  }
  receiver.answer(() => {})
  const first = await startServe(env)
  const key = first.key ?? ''
  const connection = await connect(first.url, key, sim)
  const endpoints = `${connection.path.split('/connections/')[0]}/webhook-endpoints`
  const body = { url: `${receiver.origin}/in`, event_types: ['sync.completed'] }
  const endpoint = await call('POST', `${first.url}${endpoints}`, { key, body })
  await jobWith(first.url, key, connection, 'SUCCEEDED')
  await eventually(() => expect(receiver.open.size).toBe(1))
  first.child.kill('SIGKILL')
  await first.ended

  const second = await startServe(env)
  // As after a minute: until then the message may still be under way.
  await db.query("update webhook_messages set lease_until = now() - interval '1 second' where lease_until is not null")
  receiver.answer((response) => void response.writeHead(204).end())
  const deliveries = () => call('GET', `${second.url}${endpoints}/${endpoint.id}/deliveries`, { key })
  await eventually(async () => expect((await deliveries()).items).toMatchObject([{ state: 'delivered', attempts: 2 }]))
  const [one, again] = receiver.received
  if (!one || !again) throw new Error('it was sent twice')
  expect([again.id, again.body]).toEqual([one.id, one.body])
  expect(verify(String(endpoint.secret), again)).toMatchObject({
    type: 'sync.completed',
    data: { outcome: 'complete' },
  })

  second.child.kill('SIGTERM')
  const { code, stdout, stderr } = await second.ended
  expect([code, stdout + stderr]).toEqual([0, expect.not.stringContaining('whsec_')])
  await db.close()
  await sim.close()
})
