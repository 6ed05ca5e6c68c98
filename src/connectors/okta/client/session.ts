import { setMaxListeners } from 'node:events'
import { type Clock, systemClock } from '../../../clock.ts'
import { AppError } from '../../../errors.ts'
import { type Log, silentLog } from '../../../log.ts'
import type { Resolve } from '../../../outgoing/pinned-address.ts'
import type { ServiceApp } from '../../../sign-in.ts'
import type { RequestScope, Session } from '../../connector.ts'
import { Token } from '../token.ts'
import { AccessTokens, access } from './access-tokens.ts'
import { answers } from './answers.ts'
import { auth, type Signer, tokenSigner } from './auth.ts'
import type { Asker, SignedInClient } from './client.ts'
import { Gate, processGate } from './gate.ts'
import { http } from './http.ts'
import { KnownHosts } from './known-hosts.ts'
import { oktaClient } from './okta-client.ts'
import { PageSizes } from './page-size.ts'
import { type Layer, pipeline } from './pipeline.ts'
import { rateLimiter } from './rate-limit.ts'
import { requestLog } from './request-log.ts'
import { type RetryOptions, retry } from './retry.ts'
import { ServerTime } from './server-time.ts'
import { TokenEndpoint } from './token-endpoint.ts'

export type SessionOptions = SessionSettings & OktaSignIn

/** What requests are signed with. */
type OktaSignIn = { readonly token: string | Token } | { readonly serviceApp: ServiceApp }

export interface SessionSettings {
  /** `https://acme.okta.com`, as `parseDomain` gives it. */
  readonly origin: string
  /** Further host names of the same org, from its well-known document. Looked up when a link needs it otherwise. */
  readonly knownHosts?: readonly string[]
  readonly clock?: Clock
  readonly log?: Log
  /** Part of what Okta grants this token that we use, above 0 up to 1. Default 0.9. */
  readonly rateShare?: number
  /** Requests in flight at once. Default 8. */
  readonly maxInFlight?: number
  /** Throw `okta_rate_limited` rather than wait longer than this, in milliseconds. Default: wait as long as the scope lives. */
  readonly maxWaitMs?: number
  readonly retry?: RetryOptions
  /** Exact origins that may be http and private, for a simulated Okta: `http://127.0.0.1:4010`. */
  readonly allowedInsecureOrigins?: readonly string[]
  /** Stands in for DNS. */
  readonly resolve?: Resolve
  /** 0 to 1, for jitter. */
  readonly random?: () => number
}

/**
 * One open connection to an org. Its rate-limit budgets, its gate and its connections are shared by all clients made
 * from it.
 * @throws AppError `domain_refused` for an origin that may not be asked.
 */
export function openSession(options: SessionOptions): Session<SignedInClient> {
  const { origin, clock = systemClock, log = silentLog, random = Math.random, maxWaitMs } = options
  const { host, hostname, port } = new URL(origin)
  const wire = http({ origin, clock, allowedInsecureOrigins: options.allowedInsecureOrigins, resolve: options.resolve })
  const gate = new Gate(options.maxInFlight ?? 8, processGate)
  const share = options.rateShare ?? 0.9
  const limiter = rateLimiter({ clock, log, gate, share, maxWaitMs, random })
  const time = new ServerTime(clock)
  const patience = retry({ clock, log, retry: options.retry, maxWaitMs, random })
  const logged = requestLog({ clock, log })
  /** `outside`: before the answer is understood and the request takes its turn; `inside`: for each attempt. */
  const way = (outside: readonly Layer[], inside: Layer, redact: (text: string) => string) =>
    pipeline(wire.send, patience, ...outside, answers({ host, redact }), limiter.layer, logged, time.layer, inside)
  const signedIn = (): { outside: Layer[]; signer: Signer; tokens: AccessTokens | null } => {
    if (!('serviceApp' in options)) {
      const token = typeof options.token === 'string' ? new Token(options.token) : options.token
      return { outside: [], signer: tokenSigner(token), tokens: null }
    }
    const through = (sign: Layer) => way([], sign, (text) => text)
    const endpoint = new TokenEndpoint({ origin, app: options.serviceApp, time, through })
    const tokens = new AccessTokens({ origin, clock, time, ask: (scope) => endpoint.ask(scope) })
    return { outside: [access(tokens)], signer: tokens, tokens }
  }
  const { outside, signer, tokens } = signedIn()
  const send = way(outside, auth(signer), (text) => signer.redact(text))
  const asker = async (scope: RequestScope): Promise<Asker> => {
    if (!tokens || !('serviceApp' in options)) return { kind: 'api_token' }
    const { missingScopes, proofKey } = await tokens.get(scope)
    return { kind: 'service_app', clientId: options.serviceApp.clientId, missingScopes, isBound: proofKey !== null }
  }
  const sizes = new PageSizes()
  const hosts = [...(port === '' ? [hostname] : []), ...(options.knownHosts ?? [])]

  return {
    share,
    client: (scope: RequestScope) => {
      // Every request that waits listens to the same signal, and that is no leak.
      setMaxListeners(0, scope.signal)
      const wellKnown = () => send({ path: '/.well-known/okta-organization', scope, expect: 'object', anonymous: true })
      const known = new KnownHosts(hosts, async () => (await wellKnown()).json)
      return oktaClient({ origin, send, sizes, hosts: known, asker }, scope)
    },
    buckets: limiter.buckets,
    close: async () => {
      const reason = new AppError('job_interrupted', `The connection to ${host} was closed.`)
      tokens?.close(reason)
      limiter.close(reason)
      await wire.close()
    },
  }
}
