import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** A message as it arrived. */
export interface Received {
  readonly path: string
  /** `webhook-id`. */
  readonly id: string
  readonly type: string
  readonly data: Record<string, unknown> & { readonly record: Record<string, unknown> | null }
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answer = (response: ServerResponse, message: Received) => void | Promise<void>

/** A customer's server: takes messages over real HTTP and answers as it is told to. */
export interface Receiver {
  readonly origin: string
  /** In the order of their arrival, repeated ones as well. */
  readonly received: Received[]
  /** Messages that have arrived and are not answered yet. */
  readonly open: ReadonlySet<Received>
  /** How it answers from now on; by path, where one is given. */
  answer(answer: Answer, path?: string): void
  close(): Promise<void>
}

export const ok: Answer = (response) => void response.writeHead(204).end()

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end('no')

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const open = new Set<Received>()
  const answers = new Map<string, Answer>()
  let usual: Answer = ok
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString('utf8')
    const { type, data } = JSON.parse(body)
    const path = request.url ?? ''
    const message = { path, id: String(request.headers['webhook-id']), type, data, headers: request.headers, body }
    received.push(message)
    open.add(message)
    response.on('close', () => open.delete(message))
    await (answers.get(path) ?? usual)(response, message)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    open,
    answer: (answer, path) => {
      if (path === undefined) usual = answer
      else answers.set(path, answer)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What a receiver does before it believes a message: throws where the signature is not by this secret. */
export const verify = (secret: string, { body, headers }: Received): unknown =>
  new Webhook(secret).verify(body, headers as Record<string, string>)
