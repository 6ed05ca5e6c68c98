import { AppError } from '../../../errors.ts'
import { oktaSuffixOf } from '../domain.ts'
import type { KnownHosts } from './known-hosts.ts'
import { isSamePath, splitPath } from './query.ts'

const ABSOLUTE = /^(https?):\/\/([^/?#]*)([/?][^#]*)?(?:#.*)?$/i
const AUTHORITY = /^([a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/
/** What cannot stand in a request line as it is. */
const UNSENDABLE = /[^\x21-\x7e]/gu

/**
 * Path and query of a next link, fit to be sent to the connection's own origin: byte for byte, but that a blank or a
 * letter beyond ASCII, which a proxy may have decoded, is encoded again.
 *
 * Only the path is ever used, so the token goes nowhere else whatever a link says. A link that names a host that is not
 * this org's, another port, or another listing is refused all the same: whoever wrote it is not to be believed about
 * what comes next.
 * @throws AppError `unsafe_link`
 */
export async function safeNext(link: string, listing: string, origin: string, hosts: KnownHosts): Promise<string> {
  const refuse = (why: string) =>
    new AppError('unsafe_link', `A next link was refused: it ${why}.`, { details: { path: listing } })
  if (link === '' || CONTROL.test(link) || link.includes('\\')) throw refuse('holds a character that no link has')
  const whole = fromReference(link, listing, origin)
  const next = (await pathOf(whole, origin, hosts, refuse)).replace(UNSENDABLE, encodeURIComponent)
  if (!isSamePath(splitPath(next).path, listing)) throw refuse('leads out of its listing')
  return next
}

/** A relative link, made to begin at the root or with a scheme: https://www.rfc-editor.org/rfc/rfc3986#section-5.2 */
function fromReference(link: string, listing: string, origin: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return link
  if (link.startsWith('//')) return new URL(origin).protocol + link
  if (link.startsWith('/')) return link
  return link.startsWith('?') ? listing + link : listing.replace(/[^/]*$/, link)
}

async function pathOf(
  link: string,
  origin: string,
  hosts: KnownHosts,
  refuse: (why: string) => AppError,
): Promise<string> {
  if (/^\/(?!\/)/.test(link)) return link.replace(/#.*$/, '')
  const [, scheme = '', authority = '', path = ''] = ABSOLUTE.exec(link) ?? []
  if (!scheme) throw refuse('is not an https address')
  const [, host = '', port] = AUTHORITY.exec(authority) ?? []
  if (!host) throw refuse('does not name a plain host')
  if (isOwn(scheme, host, port, origin)) return path
  const isUsualPort = port === undefined || port === (scheme.toLowerCase() === 'http' ? '80' : '443')
  if (!isUsualPort) throw refuse('names another port')
  // Sample links under /iam are http; the request goes out over https regardless.
  const name = host.toLowerCase().replace(/\.$/, '')
  if (isSimulated(origin) && oktaSuffixOf(name)) return path
  if (!(await hosts.includes(name))) throw refuse("names a host that is not this org's")
  return path
}

/** A simulated org speaks of itself under a name of Okta's that nobody can resolve. */
const isSimulated = (origin: string): boolean => origin.startsWith('http:')

/** Names of this machine: a simulated org may be asked under one and speak of itself under another. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

function isOwn(scheme: string, host: string, port: string | undefined, origin: string): boolean {
  const own = new URL(origin)
  const isHere = host.toLowerCase() === own.hostname || (LOOPBACK.has(host.toLowerCase()) && LOOPBACK.has(own.hostname))
  if (!isHere) return false
  const usual = scheme.toLowerCase() === 'http' ? '80' : '443'
  const ownPort = own.port || (own.protocol === 'http:' ? '80' : '443')
  return (port ?? usual) === ownPort || (own.port === '' && (port === undefined || port === usual))
}
