import { promises as dns } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { AppError } from '../errors.ts'
import { isPublicAddress } from './public-address.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly Address[]>

const systemResolve: Resolve = (host) => dns.lookup(host, { all: true })

/**
 * The addresses of one host, resolved once and held, so that a name cannot be public when checked and private when
 * called. Connections go to these very addresses and nowhere else.
 */
export class PinnedAddress {
  readonly #host: string
  readonly #isTrusted: boolean
  readonly #resolve: Resolve
  #addresses: readonly Address[] | null = null

  /** `isTrusted`: an origin the operator named exactly may live anywhere. */
  constructor(host: string, isTrusted: boolean, resolve: Resolve = systemResolve) {
    this.#host = host
    this.#isTrusted = isTrusted
    this.#resolve = resolve
  }

  /** @throws AppError `domain_refused` when any address of the name is not public; the resolver's own error. */
  async pin(): Promise<void> {
    if (this.#addresses) return
    const addresses = await this.#resolve(this.#host)
    const isPublic = addresses.every(({ address }) => isPublicAddress(address))
    if (!isPublic && !this.#isTrusted) {
      throw new AppError('domain_refused', `${this.#host} leads to a private address.`, {
        details: { host: this.#host },
      })
    }
    this.#addresses = addresses.length > 0 ? addresses : null
  }

  /** The addresses may have moved: the next `pin` resolves and checks again. */
  forget(): void {
    this.#addresses = null
  }

  /** The `lookup` of a socket: answers from the pinned addresses only. */
  readonly lookup: LookupFunction = (_host, options, done) => {
    const family = options.family === 4 || options.family === 6 ? options.family : null
    const usable = (this.#addresses ?? []).filter((entry) => family === null || entry.family === family)
    const [first] = usable
    if (!first) return done(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), '', 0)
    if (options.all) return done(null, [...usable])
    done(null, first.address, first.family)
  }
}
