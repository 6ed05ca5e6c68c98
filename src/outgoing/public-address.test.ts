import { describe, expect, test } from 'vitest'
import { PinnedAddress } from './pinned-address.ts'
import { isPublicAddress } from './public-address.ts'

describe('B160: an address', () => {
  test.each(['93.184.216.34', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '64:ff9b::808:808'])(
    '%s is public',
    (address) => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )

  test.each(
    `0.0.0.0 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1
    192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:a00:1 ::10.0.0.1 fc00::1 fd12::1 fe80::1 fe80::1%eth0 ff02::1 fec0::1
    2001:db8::1 2001::1 2002:7f00:1::1 3fff::1 64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 64:ff9b:1::1 100::1 nonsense 1.2.3
    0x7f.1`.split(/\s+/),
  )('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })
})

const lookedUp = (pinned: PinnedAddress, family?: number) =>
  new Promise((resolve, reject) => {
    pinned.lookup('acme.okta.com', { all: true, family }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    )
  })

describe('the addresses of a host', () => {
  test('B160: are resolved once, so a later answer of DNS changes nothing', async () => {
    const answers = [[{ address: '93.184.216.34', family: 4 }], [{ address: '10.0.0.1', family: 4 }]]
    const pinned = new PinnedAddress('acme.okta.com', false, async () => answers.shift() ?? [])
    await pinned.pin()
    await pinned.pin()
    expect(await lookedUp(pinned)).toEqual([{ address: '93.184.216.34', family: 4 }])
    await expect(lookedUp(pinned, 6)).rejects.toMatchObject({ code: 'ENOTFOUND' })
    pinned.forget()
    await expect(pinned.pin()).rejects.toMatchObject({ code: 'domain_refused' })
    await expect(lookedUp(pinned)).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  test('are refused when a single one of them is private', async () => {
    const mixed = async () => [
      { address: '93.184.216.34', family: 4 },
      { address: '::1', family: 6 },
    ]
    await expect(new PinnedAddress('acme.okta.com', false, mixed).pin()).rejects.toMatchObject({
      code: 'domain_refused',
    })
    await expect(new PinnedAddress('acme.okta.com', true, mixed).pin()).resolves.toBeUndefined()
  })
})
