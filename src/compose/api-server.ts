import type { AddressInfo } from 'node:net'
import { createApp } from '../api/app.ts'
import type { ApiServices } from '../api/services.ts'
import { AppError, systemCode } from '../errors.ts'

/** What requests in flight have to end, once the server is to stop. */
const GRACE_MS = 10_000

export interface ApiServer {
  /** Where it listens: `http://127.0.0.1:8484`. */
  readonly url: string
  /** Takes no more requests, and resolves when those in flight have ended, or have been cut off after ten seconds. */
  stop(): Promise<void>
}

export interface ApiServerOptions {
  readonly services: Omit<ApiServices, 'publicUrl'>
  /** Null: where it listens. */
  readonly publicUrl: string | null
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** The API, listening. @throws AppError `port_taken`, or `usage_invalid` for an address that cannot be listened on */
export async function openApiServer({ services, publicUrl, host, port }: ApiServerOptions): Promise<ApiServer> {
  let url = ''
  const app = await createApp({
    ...services,
    // Which port it is may be known only once it listens.
    get publicUrl() {
      return publicUrl ?? url
    },
  })
  let isStopping = false
  app.server.on('request', (_request, response) => {
    // A connection that is kept alive would hold up the stop until its caller lets go of it.
    response.once('close', () => {
      if (isStopping) app.server.closeIdleConnections()
    })
  })
  try {
    await app.listen({ host, port })
  } catch (thrown) {
    await app.close()
    throw cannotListen(thrown, host, port)
  }
  url = urlOf(host, (app.server.address() as AddressInfo).port)

  const stop = async () => {
    isStopping = true
    const grace = services.clock.deadline(GRACE_MS, 'watchdog', () => app.server.closeAllConnections())
    await app.close().finally(() => grace.clear())
  }
  let stopped: Promise<void> | null = null
  return {
    url,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
}

function cannotListen(thrown: unknown, host: string, port: number): unknown {
  const code = systemCode(thrown)
  const options = { cause: thrown }
  if (code === 'EADDRINUSE') return new AppError('port_taken', `Something listens on ${host}:${port} already.`, options)
  if (code === 'EACCES')
    return new AppError('usage_invalid', `This user may not listen on port ${port}: choose one above 1023.`, options)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new AppError('usage_invalid', `${host} is not an address of this machine (${code}).`, options)
  return thrown
}

/** Addresses that mean every address of the machine, and so none to go to. */
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }

const urlOf = (host: string, port: number): string =>
  `http://${EVERYWHERE[host] ?? (host.includes(':') ? `[${host}]` : host)}:${port}`
