import { adminTwin } from '../domain.ts'

/**
 * The host names under which one org answers. Okta's links name the org's plain host, its `-admin` twin or its custom
 * domain, whichever was asked; a host that is none of them is not Okta's.
 * @see https://developer.okta.com/docs/concepts/okta-organizations/
 */
export class KnownHosts {
  readonly #hosts = new Set<string>()
  readonly #ask: () => Promise<unknown>
  #asked: Promise<void> | null = null

  /** `hosts` may be origins, too. `ask` fetches the org's well-known document from the connection's own origin. */
  constructor(hosts: readonly string[], ask: () => Promise<unknown>) {
    for (const host of hosts) this.#add(host)
    this.#ask = ask
  }

  /** Whether a link may name this host. An unknown one is looked up in the org's own document, once. */
  async includes(host: string): Promise<boolean> {
    if (this.#hosts.has(host)) return true
    this.#asked ??= this.#learn()
    await this.#asked
    return this.#hosts.has(host)
  }

  async #learn(): Promise<void> {
    try {
      for (const host of orgHosts(await this.#ask())) this.#add(host)
    } catch {
      // Nothing learned: the host stays unknown, and the next link asks again.
      this.#asked = null
    }
  }

  #add(host: string): void {
    const name = host.toLowerCase().replace(/^https?:\/\//, '')
    this.#hosts.add(name)
    const twin = adminTwin(name)
    if (twin) this.#hosts.add(twin)
  }
}

/** The hosts that `/.well-known/okta-organization` names: the org's own address and its custom domain. */
function orgHosts(document: unknown): string[] {
  const links = field(document, '_links')
  return [field(links, 'organization'), field(links, 'alternate')].flatMap((link) => {
    const href = field(link, 'href')
    const host = typeof href === 'string' ? /^https:\/\/([a-z0-9.-]+)(?:[/?#]|$)/i.exec(href)?.[1] : undefined
    return host ? [host.toLowerCase()] : []
  })
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
