import type { Command } from 'commander'
import { createFirstApiKey } from '../store/api-keys.ts'
import { wholeNumber } from './option-values.ts'
import type { Services, Start } from './services.ts'
import { addWorkerOption, connectionsOfWorker } from './work.ts'

/** Where `rollcall serve` listens when it is not told. */
export const DEFAULT_ADDRESS = { host: '127.0.0.1', port: 8_484 } as const

/** Connections to the database that requests share. */
const CONNECTIONS = 8

interface ServeOptions {
  readonly host: string
  readonly port: number
  /** False with --no-worker. */
  readonly worker: boolean
  readonly workers: number
  readonly json?: boolean
}

const STOPPING =
  'Stopping: requests in flight end, and syncs save the pages in flight for whoever goes on with them. Ctrl-C again stops at once.'

export function addServe(program: Command, start: Start): void {
  const { host, port } = DEFAULT_ADDRESS
  const command = program
    .command('serve')
    .summary('serve the API and keep connections in sync')
    .description(
      'Serves the API, and runs the syncs that are due or asked for. Prints the first API key when there has never been one. Ctrl-C stops it in good order.\n\nSeveral of them may share one PostgreSQL (DATABASE_URL): --no-worker makes one that only serves, `rollcall work` one that only syncs.',
    )
    .option('--port <port>', '0 for any free one', wholeNumber(0, 65_535), port)
    .option('--host <address>', 'the address to listen on', host)
    .option('--no-worker', 'serve only: syncs run elsewhere')
  addWorkerOption(command)
    .option('--json', 'once it listens, print one JSON object: url, and key if one was made')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall serve\n  DATABASE_URL=postgres://… ROLLCALL_ENCRYPTION_KEY=… rollcall serve --no-worker --host 0.0.0.0',
    )
    .action((options: ServeOptions) => start((services) => serve(services, options)))
}

async function serve(services: Services, { host, port, worker, workers, json }: ServeOptions): Promise<number> {
  const { output, lifetime, config } = services
  // What may be wrong comes first: a key that was made and never printed would be lost.
  await services.sealer()
  const db = await services.openDb({ connections: CONNECTIONS + (worker ? connectionsOfWorker(workers) : 0) })
  const stoppable = lifetime.stoppable(STOPPING)
  const server = await services.startServer({ host, port })
  const running = worker ? [server, await services.startWorker({ capacity: workers })] : [server]
  const key = await createFirstApiKey(db)
  if (json) output.print(JSON.stringify({ url: server.url, key }))
  else for (const line of welcome(server.url, key)) output.print(line)
  if (!isLoopback(host) && !config.publicUrl?.startsWith('https:')) {
    output.note(
      `${host} can be reached from other machines, and keys and data go over the network as they are. Put a proxy with https in front, and its address into ROLLCALL_PUBLIC_URL.`,
    )
  }
  await stoppable.stopped
  await Promise.all(running.map((each) => each.stop()))
  return 0
}

function welcome(url: string, key: string | null): string[] {
  return [
    `Rollcall serves on ${url}: the dashboard there, the reference of its API at ${url}/docs`,
    '',
    key === null
      ? 'Another API key: rollcall keys create --name NAME. With one of them:'
      : `The first API key, which is not shown again: ${key}`,
    `  curl -H 'X-API-KEY: ${key ?? '…'}' ${url}/v1/provisioning/organizations`,
  ]
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')
