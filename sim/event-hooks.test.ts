import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Sim, startSim } from './index.ts'
import { getJson, handClock } from './testing/calls.ts'

interface Delivered {
  readonly headers: IncomingHttpHeaders
  readonly body: { readonly eventType: string; readonly source: string; readonly data: { events: { uuid: string }[] } }
}

describe('event hooks', () => {
  let sim: Sim
  let receiver: Server
  let uri: string
  const delivered: Delivered[] = []
  /** What the receiver answers next; 200 when nothing is said. */
  const statuses: number[] = []

  beforeAll(async () => {
    sim = await startSim({ clock: handClock(), limitScale: Number.POSITIVE_INFINITY })
    receiver = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const verification = request.headers['x-okta-verification-challenge']
      if (verification) return response.end(JSON.stringify({ verification }))
      delivered.push({ headers: request.headers, body: JSON.parse(text) })
      response.writeHead(statuses.shift() ?? 200).end()
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
    const { id } = (await (await register(uri)).json()) as { id: string }
    await fetch(`${sim.origin}/api/v1/eventHooks/${id}/lifecycle/verify`, { method: 'POST', headers: token() })
  })
  beforeEach(() => {
    delivered.length = 0
  })
  afterAll(async () => {
    await sim.close()
    receiver.close()
    receiver.closeAllConnections()
  })

  const token = () => ({ authorization: `SSWS ${sim.token}` })
  const register = (uri: string) => {
    const authScheme = { type: 'HEADER', key: 'Authorization', value: 'the secret' }
    const headers = [{ key: 'X-Other', value: 'other' }]
    const body = {
      name: 'Test',
      events: { type: 'EVENT_TYPE', items: ['user.lifecycle.suspend', 'event_hook.delivery'] },
      channel: { type: 'HTTP', version: '1.0.0', config: { uri, headers, authScheme } },
    }
    return fetch(`${sim.origin}/api/v1/eventHooks`, { method: 'POST', headers: token(), body: JSON.stringify(body) })
  }
  const tell = async (count = 1) => {
    const events = Array.from({ length: count }, () => sim.org.logEvent({ eventType: 'user.lifecycle.suspend' }))
    await sim.org.hookSender.settled()
    return events.map(({ uuid }) => uuid)
  }
  const failures = () =>
    [...sim.org.logEvents()]
      .filter(({ eventType }) => eventType === 'event_hook.delivery')
      .map(({ outcome }) => outcome)

  test('deliver what they are subscribed to, events of one moment together, as the log has them', async () => {
    sim.org.logEvent({ eventType: 'user.lifecycle.unsuspend' })
    const uuids = await tell(3)
    expect(delivered).toHaveLength(1)
    const [{ headers, body } = { headers: {}, body: null }] = delivered
    expect(headers).toMatchObject({
      authorization: 'the secret',
      'x-other': 'other',
      'content-type': 'application/json',
    })
    expect(body).toMatchObject({ eventType: 'com.okta.event_hook', source: expect.stringContaining(sim.origin) })
    expect(body?.data.events.map(({ uuid }) => uuid)).toEqual(uuids)
    const log = (await getJson(sim, '/api/v1/logs?limit=1000')) as { uuid: string }[]
    expect(body?.data.events).toEqual(log.filter(({ uuid }) => uuids.includes(uuid)))
  })

  test('are tried once more after an error, and not after a refusal, and the log tells what failed', async () => {
    statuses.push(500)
    await tell()
    expect([delivered.length, failures()]).toEqual([2, []])
    statuses.push(503, 500)
    await tell()
    expect([delivered.length, failures().length]).toEqual([4, 1])
    statuses.push(401)
    await tell()
    expect([delivered.length, failures().length]).toEqual([5, 2])
    expect(failures()).toContainEqual({ result: 'FAILURE', reason: expect.any(String) })
  })

  test('call no other machine, keep their secret to themselves, and tell nothing before they are verified', async () => {
    expect((await register('https://hooks.example.com/')).status).toBe(400)
    expect((await register('http://127.0.0.1.example.com/')).status).toBe(400)
    expect(JSON.stringify(await getJson(sim, '/api/v1/eventHooks'))).not.toContain('the secret')
    await register(`${uri}/unverified`)
    await tell()
    expect(delivered).toHaveLength(1)
  })
})
