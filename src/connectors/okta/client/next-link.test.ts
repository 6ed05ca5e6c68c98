import { describe, expect, test } from 'vitest'
import { KnownHosts } from './known-hosts.ts'
import { safeNext } from './next-link.ts'

const ORIGIN = 'https://acme.okta.com'
const USERS = '/api/v1/users'

/** `document`: what the org's own well-known document says, should anybody ask. */
function follow(link: string, { origin = ORIGIN, hosts = ['acme.okta.com'], document = {}, listing = USERS } = {}) {
  let asked = 0
  const known = new KnownHosts(hosts, async () => {
    asked++
    return document
  })
  return safeNext(link, listing, origin, known).then((next) => ({ next, asked }))
}

const refused = expect.objectContaining({ code: 'unsafe_link' })

describe('a link that is followed', () => {
  test('B048: byte for byte', async () => {
    const raw = '/api/v1/users?after=a%2Bb%3D%3D&search=status%20pr&x=%7e%2f&y=a+b'
    expect(await follow(`https://acme.okta.com${raw}`)).toEqual({ next: raw, asked: 0 })
  })

  test('with what a proxy decoded encoded again, and refused with a control character', async () => {
    const link = 'https://acme.okta.com/api/v1/users?search=status pr&after=日本'
    expect((await follow(link)).next).toBe('/api/v1/users?search=status%20pr&after=%E6%97%A5%E6%9C%AC')
    await expect(follow('https://acme.okta.com/api/v1/users?a=\r\nb')).rejects.toEqual(refused)
  })

  test('B054: on the plain host or the admin twin of the connection', async () => {
    expect((await follow('https://acme-admin.okta.com/api/v1/users?after=1')).next).toBe('/api/v1/users?after=1')
    expect((await follow('https://ACME.okta.com:443/api/v1/users?after=1#x')).next).toBe('/api/v1/users?after=1')
  })

  test('B055: http on the same host, upgraded', async () => {
    expect((await follow('http://acme.okta.com/api/v1/users?after=1')).next).toBe('/api/v1/users?after=1')
    expect((await follow('http://acme-admin.okta.com:80/api/v1/users?after=1')).next).toBe('/api/v1/users?after=1')
  })

  test('relative', async () => {
    for (const link of ['/api/v1/users?after=1', '?after=1', 'users?after=1', '//acme.okta.com/api/v1/users?after=1'])
      expect((await follow(link)).next).toBe('/api/v1/users?after=1')
    for (const link of ['//evil.example/api/v1/users?after=1', '../users?after=1', 'groups?after=1', 'null'])
      await expect(follow(link)).rejects.toEqual(refused)
  })

  test("B132: on the org's custom domain, once its own document names it", async () => {
    const document = {
      _links: { alternate: { href: 'https://login.acme.test' }, organization: { href: 'https://acme.okta.com' } },
    }
    const link = 'https://login.acme.test/api/v1/users?after=1'
    expect(await follow(link, { document })).toEqual({ next: '/api/v1/users?after=1', asked: 1 })
    const reverse = { origin: 'https://login.acme.test', hosts: ['login.acme.test'], document }
    expect((await follow('https://acme-admin.okta.com/api/v1/users?after=1', reverse)).asked).toBe(1)
  })

  test('of a simulator at its own port, or on a host that it declares', async () => {
    const sim = { origin: 'http://127.0.0.1:4010', hosts: [] as string[] }
    expect((await follow('http://127.0.0.1:4010/api/v1/users?after=1', sim)).asked).toBe(0)
    expect((await follow('http://localhost:4010/api/v1/users?after=1', sim)).asked).toBe(0)
    await expect(follow('http://localhost:4011/api/v1/users?after=1', sim)).rejects.toEqual(refused)
    const document = { _links: { organization: { href: 'https://acme-sim.okta.com' } } }
    const link = 'https://acme-sim-admin.okta.com/api/v1/users?after=1'
    expect((await follow(link, { ...sim, document })).next).toBe('/api/v1/users?after=1')
    expect((await follow('http://tenant.okta.com/api/v1/users?after=1', sim)).next).toBe('/api/v1/users?after=1')
    await expect(follow('https://okta.com.evil.test/api/v1/users?after=1', sim)).rejects.toEqual(refused)
    await expect(follow('http://127.0.0.1:4011/api/v1/users?after=1', sim)).rejects.toEqual(refused)
    await expect(follow('http://127.0.0.1/api/v1/users?after=1', sim)).rejects.toEqual(refused)
  })
})

describe('B056: a link that is refused', () => {
  test.each([
    'http://169.254.169.254/api/v1/users?after=1',
    'https://acme.okta.com:8443/api/v1/users?after=1',
    'https://evil.example/api/v1/users?after=1',
    'https://evil.okta.com/api/v1/users?after=1',
    'https://acme.okta.com.evil.example/api/v1/users?after=1',
    'https://acme.okta.com@evil.example/api/v1/users?after=1',
    'https://user:pass@acme.okta.com/api/v1/users?after=1',
    'https://acme.okta.com\\@evil.example/api/v1/users?after=1',
    'https://[::1]/api/v1/users?after=1',
    '//evil.example/api/v1/users?after=1',
    'ftp://acme.okta.com/api/v1/users?after=1',
    'javascript:alert(1)',
    'api/v1/users?after=1',
    '',
    'https://acme.okta.com',
    'https://acme.okta.com/api/v1/groups?after=1',
    'https://acme.okta.com/api/v1/users/00u1?after=1',
    'https://acme.okta.com/api/v1/users/../groups?after=1',
    'https://acme.okta.com/oauth2/v1/users?after=1',
    'https://acme.okta.com/api/v1/users?after=1\r\nx: y',
  ])('%j', async (link) => {
    await expect(follow(link)).rejects.toEqual(refused)
  })

  test('when the document of the org cannot be had', async () => {
    const known = new KnownHosts(['acme.okta.com'], () => Promise.reject(new Error('down')))
    await expect(safeNext('https://login.acme.test/api/v1/users', USERS, ORIGIN, known)).rejects.toEqual(refused)
  })
})
