import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { useHooked } from './hooked.ts'

const hooked = useHooked()

/** A server that counts who knocks. */
async function door() {
  let knocks = 0
  const server = createServer((socket) => {
    knocks++
    socket.on('error', () => {})
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    knocks: () => knocks,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

describe('a message', () => {
  it.each(['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', '::ffff:127.0.0.1'])(
    'to a name that leads to %s is not sent',
    async (address) => {
      const { port, knocks, close } = await door()
      const hook = await hooked.hook('/', { url: `https://hooks.example.test:${port}/in` })
      await hooked.users({ '00u1': 'Ada' })
      const resolve = async () => [
        { address: '93.184.216.34', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ]
      expect(await hooked.dispatcher({ resolve }).pass()).toBe(1)
      expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'address_refused', last_status: null }])
      expect(knocks()).toBe(0)
      await close()
    },
  )

  it('goes to the address that was checked, and the name is looked up again after a minute', async () => {
    const origin = hooked.receiver.origin.replace('127.0.0.1', 'hooks.example.test')
    await hooked.hook('/', { url: `${origin}/in` })
    let asked = 0
    const resolve = async () => {
      if (asked++ > 0) throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
      return [{ address: '127.0.0.1', family: 4 }]
    }
    let later = 0
    const clock = { ...systemClock, now: () => Date.now() + later }
    const dispatcher = hooked.dispatcher({ allowed: [origin], resolve, clock })
    for (const name of ['Ada 1', 'Ada 2']) {
      await hooked.users({ '00u1': name })
      await dispatcher.pass()
    }
    expect([asked, hooked.receiver.received.length]).toEqual([1, 2])
    later = 61_000
    await hooked.users({ '00u1': 'Ada 3' })
    await dispatcher.pass()
    expect([asked, hooked.receiver.received.length]).toEqual([2, 2])
  })

  it('to a name that nobody knows is not sent, and is tried again', async () => {
    const hook = await hooked.hook('/', { url: 'https://hooks.example.test/in' })
    await hooked.users({ '00u1': 'Ada' })
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }))
    await hooked.dispatcher({ resolve }).pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'name_unknown', state: 'pending' }])
  })

  it('that is answered with a redirect to a private address goes no further', async () => {
    const { port, knocks, close } = await door()
    const hook = await hooked.hook()
    hooked.receiver.answer((response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${port}/` }).end()
    })
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'redirect', last_status: 302 }])
    expect(knocks()).toBe(0)
    await close()
  })

  it('to an address that was allowed when the endpoint was made, and is no more, is not sent', async () => {
    const hook = await hooked.hook()
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher({ allowed: [] }).pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'address_refused' }])
    expect(hooked.receiver.received).toEqual([])
  })

  it('without TLS is not sent, wherever its name leads', async () => {
    const hook = await hooked.hook('/', { url: 'http://hooks.example.test/in' })
    await hooked.users({ '00u1': 'Ada' })
    let asked = 0
    const resolve = async () => {
      asked++
      throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    }
    await hooked.dispatcher({ resolve }).pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'address_refused' }])
    expect(asked).toBe(0)
  })

  it('to a private https server is not sent, although its certificate would not be trusted anyway', async () => {
    const { port, knocks, close } = await door()
    const hook = await hooked.hook('/', { url: `https://127.0.0.1:${port}/in` })
    await hooked.users({ '00u1': 'Ada' })
    await hooked.dispatcher().pass()
    expect(await hooked.deliveries(hook)).toMatchObject([{ last_error: 'address_refused' }])
    expect(knocks()).toBe(0)
    await close()
  })
})
