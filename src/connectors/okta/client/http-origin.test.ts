import { describe, expect, test } from 'vitest'
import { systemClock } from '../../../clock.ts'
import { http } from './http.ts'

describe('B160: an origin', () => {
  test.each([
    'http://acme.okta.com',
    'http://127.0.0.1:4010',
    'https://127.0.0.1',
    'https://[::1]',
    'https://10.0.0.1:8443',
    'https://acme.okta.com/',
    'https://u:p@acme.okta.com',
    'ftp://acme.okta.com',
  ])('%s is refused', (origin) => {
    expect(() => http({ origin, clock: systemClock })).toThrow(expect.objectContaining({ code: 'domain_refused' }))
  })

  test('that was allowed allows no other', () => {
    const allowedInsecureOrigins = ['http://127.0.0.1:4010']
    expect(() => http({ origin: 'http://127.0.0.1:4011', clock: systemClock, allowedInsecureOrigins })).toThrow()
  })

  test.each(['127.0.0.1', '10.0.0.7', '169.254.169.254', '::1', '::ffff:127.0.0.1'])(
    'whose name leads to %s is refused before anything is sent',
    async (address) => {
      const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }]
      const { send, close } = http({ origin: 'https://acme.okta.test', clock: systemClock, resolve })
      const scope = { resource: 'users', background: false, signal: new AbortController().signal, onRequest() {} }
      await expect(send({ path: '/api/v1/users', expect: 'any', scope })).rejects.toMatchObject({
        code: 'domain_refused',
      })
      await close()
    },
  )
})
