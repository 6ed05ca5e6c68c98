import { isIP } from 'node:net'
import { domainToASCII, domainToUnicode } from 'node:url'
import { AppError, type ErrorCode } from '../../errors.ts'

/**
 * Okta's own suffixes. Used to recognize admin addresses and to suggest, never to refuse: orgs have custom domains.
 * @see https://developer.okta.com/docs/concepts/okta-organizations/
 */
const OKTA_SUFFIXES = [
  'okta.com',
  'oktapreview.com',
  'okta-emea.com',
  'okta-gov.com',
  'okta.mil',
  'okta-miltest.com',
  'trex-govcloud.com',
  'trex-gov.com',
  'trexcloud.com',
]

/** Okta's own sites: no org lives there. */
const OKTA_SITES = /^(www|login|help|developer|support|status|trust)\.okta\.com$/
const PLACEHOLDER = /[{}$<>]|^your[-_.]?(okta)?[-_.]?(domain|org|subdomain|tenant)\b|^youroktadomain/i
const INVISIBLE = /[\p{Cf}\u00ad\u115f\u3164]/gu
/** Names that never leave a machine or a private network. */
const LOCAL_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home\.arpa|corp|home)$/
/** Where simulated orgs are. */
const LOOPBACK = /^127\.0\.0\.1:\d{1,5}$/

/** What was pasted, as an address that can be asked. */
export interface OktaDomain {
  /** `https://acme.okta.com`, without a slash at the end. */
  readonly origin: string
  /** `acme.okta.com` */
  readonly host: string
  /** What was changed on the way and the person should know, as sentences. */
  readonly notes: readonly string[]
}

const refuse = (code: ErrorCode, message: string): never => {
  throw new AppError(code, message)
}

/**
 * What people paste as their Okta address, as one https origin. Never asks the network.
 * @throws AppError `domain_invalid` when it is no domain, `domain_refused` when it is one that may not be used. The
 * message never repeats user names or passwords.
 */
export function parseDomain(
  input: string,
  { allowedInsecureOrigins = [] }: { allowedInsecureOrigins?: readonly string[] } = {},
): OktaDomain {
  const pasted = unwrap(input)
  if (pasted === '') refuse('domain_invalid', 'The Okta domain is missing.')
  const allowed = allowedOrigin(pasted, allowedInsecureOrigins)
  if (allowed) return { origin: allowed, host: new URL(allowed).host, notes: [] }

  const { scheme, rest } = splitScheme(pasted)
  const authority = rest.split(/[/?#\\]/, 1)[0] ?? ''
  if (authority.includes('@'))
    refuse('domain_refused', 'The address holds a user name or an e-mail address: leave it out.')
  if (PLACEHOLDER.test(authority)) refuse('domain_invalid', 'This is a placeholder, not a domain.')
  if (scheme === 'http' && LOOPBACK.test(authority))
    refuse(
      'domain_refused',
      `Okta is reached by https only. A simulated org needs ROLLCALL_ALLOWED_INSECURE_ORIGINS=http://${authority} set.`,
    )
  if (scheme === 'http') refuse('domain_refused', 'Okta is reached by https only: leave out http://.')
  if (scheme !== 'https') refuse('domain_refused', 'Only https addresses can be used.')

  const { name, port } = splitPort(authority)
  if (port !== null && Number(port) !== 443)
    refuse('domain_refused', 'Okta answers on port 443 only: leave out the port.')
  const host = canonicalHost(name)
  const tenant = withoutAdmin(host)
  const notes: string[] = []
  if (tenant !== host) notes.push(`${host} is the admin console; the org itself is ${tenant}.`)
  if (!/^[\x21-\x7e]*$/.test(name)) notes.push(`The name is written ${tenant} on the network.`)
  return { origin: `https://${tenant}`, host: tenant, notes }
}

/** The admin console's host of an org's plain host, or the other way round; null where there is no such pair. */
export function adminTwin(host: string): string | null {
  const plain = withoutAdmin(host)
  if (plain !== host) return plain
  const { label, suffix } = oktaTenant(host) ?? {}
  return label && suffix ? `${label}-admin.${suffix}` : null
}

/** A custom domain may rightly end in `-admin`, so only Okta's own suffixes count. */
function withoutAdmin(host: string): string {
  const { label, suffix } = oktaTenant(host) ?? {}
  const tenant = label?.replace(/-admin$/, '')
  return tenant && suffix ? `${tenant}.${suffix}` : host
}

function oktaTenant(host: string): { label: string; suffix: string } | null {
  const suffix = oktaSuffixOf(host)
  if (!suffix) return null
  const label = host.slice(0, -suffix.length - 1)
  return label.includes('.') ? null : { label, suffix }
}

/** Takes off what comes along by copying: invisible marks, blanks, quotes, brackets, a full stop at the end. */
function unwrap(input: string): string {
  const visible = input.replace(INVISIBLE, '').replaceAll('\u00a0', ' ')
  const bare = visible.replace(/^[\s"'`(<\u201c\u2018]+|[\s"'`)>,;.\u201d\u2019]+$/g, '')
  // Copied out of another address: https%3A%2F%2Facme.okta.com
  return /^https?%3a/i.test(bare) ? bare.replace(/%3a/gi, ':').replace(/%2f/gi, '/') : bare
}

function allowedOrigin(pasted: string, allowed: readonly string[]): string | null {
  if (allowed.length === 0) return null
  for (const candidate of [pasted, `http://${pasted}`]) {
    const url = URL.canParse(candidate) ? new URL(candidate) : null
    if (url && url.username === '' && url.password === '' && allowed.includes(url.origin)) return url.origin
  }
  return null
}

/** Schemes may be missing, doubled (a form adds one to a pasted one) or mistyped: the last one is the person's own. */
function splitScheme(pasted: string): { scheme: string; rest: string } {
  let scheme = 'https'
  let rest = pasted
  for (;;) {
    const [whole, name] =
      /^(?:(https?)(?::\/*|\/\/+)|\/\/+)/i.exec(rest) ?? /^([a-z][a-z0-9+.-]*):\/\/+/i.exec(rest) ?? []
    if (whole === undefined) return { scheme, rest }
    scheme = name?.toLowerCase() ?? scheme
    rest = rest.slice(whole.length)
  }
}

function splitPort(authority: string): { name: string; port: string | null } {
  const [, name = authority, port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? []
  return { name, port: port === '' ? null : port }
}

function canonicalHost(name: string): string {
  const ascii = name.startsWith('[') ? name : domainToASCII(name).replace(/\.$/, '').toLowerCase()
  const host = URL.canParse(`https://${ascii}`) ? new URL(`https://${ascii}`).hostname : ''
  if (host === '' || /\s/.test(name)) return refuse('domain_invalid', 'This is not a domain.')
  if (host.startsWith('[') || isIP(host)) refuse('domain_refused', 'An IP address cannot be used.')
  if (LOCAL_NAME.test(host)) refuse('domain_refused', `${host} is a name inside a private network.`)
  const labels = host.split('.')
  const isWellFormed = host.length <= 253 && labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label))
  if (!isWellFormed) refuse('domain_invalid', 'This is not a domain.')
  if (labels.length === 1) refuse('domain_invalid', `${host} is only a name. Did you mean ${host}.okta.com?`)
  const unfinished = OKTA_SUFFIXES.find((suffix) => host.endsWith(`.${suffix.split('.', 1)[0]}`))
  if (unfinished)
    refuse(
      'domain_invalid',
      `${host} is not complete. Did you mean ${host}.${unfinished.split('.').slice(1).join('.')}?`,
    )
  if (OKTA_SUFFIXES.includes(host) || OKTA_SITES.test(host)) {
    refuse('domain_invalid', `${host} is Okta's own site, not an org.`)
  }
  if (OKTA_SUFFIXES.some((suffix) => host.includes(`.${suffix}.`)))
    refuse('domain_refused', `${host} begins like an address of Okta's and is somebody else's.`)
  if (domainToUnicode(host).split('.').some(isMixed))
    refuse('domain_refused', `${host} mixes alphabets whose letters look alike: type the domain anew.`)
  return host
}

/** Whether a Latin name has letters that look Latin and are not, such as the Cyrillic а. */
const isMixed = (label: string): boolean => /[a-z]/.test(label) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(label)

/** Okta's own suffix that the host is under, if it is under one. */
export const oktaSuffixOf = (host: string): string | undefined =>
  OKTA_SUFFIXES.find((suffix) => host.endsWith(`.${suffix}`))
