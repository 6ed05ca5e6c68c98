import { BlockList, isIP } from 'node:net'

/**
 * Addresses that are nobody's public server: private, loopback, link-local, shared, multicast, documentation, reserved.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry/
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry/
 */
const SPECIAL = new BlockList()
for (const range of `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
  192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
  240.0.0.0/4`.split(/\s+/)) {
  const [network = '', bits] = range.split('/')
  SPECIAL.addSubnet(network, Number(bits), 'ipv4')
}
// Among them ranges that wrap an IPv4 address: 2001::/32 (Teredo) and 2002::/16 (6to4).
for (const range of '2001::/23 2001:db8::/32 2002::/16 3fff::/20'.split(' ')) {
  const [network = '', bits] = range.split('/')
  SPECIAL.addSubnet(network, Number(bits), 'ipv6')
}

const GLOBAL_UNICAST = new BlockList()
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6')

/** DNS64 wraps public IPv4 addresses in this prefix on networks that have IPv6 only. */
const NAT64 = new BlockList()
NAT64.addSubnet('64:ff9b::', 96, 'ipv6')

/** Whether an address may be that of a public server. Anything unreadable is not. */
export function isPublicAddress(address: string): boolean {
  const kind = isIP(address)
  if (kind === 4) return !SPECIAL.check(address, 'ipv4')
  if (kind !== 6 || address.includes('%')) return false
  if (NAT64.check(address, 'ipv6')) return !SPECIAL.check(lastFourBytes(address), 'ipv4')
  return GLOBAL_UNICAST.check(address, 'ipv6') && !SPECIAL.check(address, 'ipv6')
}

/** The IPv4 address in the last 32 bits of an IPv6 one. */
function lastFourBytes(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [high = '0', low = '0'] = canonical.split(':').slice(-2)
  const bytes = [high, low]
    .map((group) => Number.parseInt(group || '0', 16))
    .flatMap((group) => [group >> 8, group & 255])
  return bytes.join('.')
}
