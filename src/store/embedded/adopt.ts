import { systemClock } from '../../clock.ts'
import { AppError, messageOf, systemCode } from '../../errors.ts'
import type { Cluster } from './cluster.ts'
import {
  type Connection,
  connect,
  disconnect,
  isDamage,
  isNotAnswering,
  servesOurFolder,
  WRONG_PASSWORD,
} from './connection.ts'
import { damaged } from './failures.ts'
import { findServer, type RunningServer } from './pid-file.ts'
import { PRESENCE } from './presence.ts'

/** Each question that comes too early is a line in the server's log, so they become rarer. */
const FIRST_POLL_MS = 10
const MAX_POLL_MS = 250
/** For a server that says it is ready and yet does not answer. One that is recovering may take its time. */
const SILENCE_MS = 15_000

export interface Adopted {
  presence: Connection
  server: RunningServer
}

/**
 * Joins the server that runs on this cluster; undefined when none does. Seeing its process, or an open port, proves
 * nothing: it is ours when it accepts our password and has our folder.
 *
 * `givingUp` is asked whenever it does not answer yet: a reason not to wait any longer.
 */
export async function adoptServer(
  cluster: Cluster,
  onProgress: (line: string) => void,
  givingUp: () => AppError | undefined = () => undefined,
): Promise<Adopted | undefined> {
  let silentSince = systemClock.now()
  let announced = false
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(pollMs * 2, MAX_POLL_MS)) {
    const server = findServer(cluster.layout)
    if (!server) return undefined
    const answer = await tryConnect(cluster, server)
    if (answer === 'not_ours') return undefined
    if (answer !== 'not_answering') return { presence: answer, server }

    const reason = givingUp()
    if (reason) throw reason
    if (!server.isReady) silentSince = systemClock.now()
    if (!server.isReady && !announced) {
      announced = true
      onProgress('Waiting for the PostgreSQL that is already starting or stopping')
    }
    if (systemClock.now() - silentSince > SILENCE_MS) throw doesNotAnswer(cluster, server)
    await systemClock.sleep(pollMs)
  }
}

async function tryConnect(cluster: Cluster, server: RunningServer): Promise<Connection | 'not_answering' | 'not_ours'> {
  if (!server.isReady) return 'not_answering'
  try {
    const connection = await connect(cluster, server.port, PRESENCE)
    if (await servesOurFolder(connection, cluster)) return connection
    disconnect(connection)
    return 'not_ours'
  } catch (error) {
    return judge(error, cluster, server)
  }
}

function judge(error: unknown, cluster: Cluster, server: RunningServer): 'not_answering' | 'not_ours' {
  const code = systemCode(error)
  if (isNotAnswering(error)) return 'not_answering'
  if (isDamage(error))
    throw damaged(cluster.layout, `PostgreSQL cannot read its own tables (${messageOf(error)})`, error)
  if (code !== WRONG_PASSWORD) throw error
  if (!server.isCertain) return 'not_ours'
  throw damaged(cluster.layout, 'the password in pg.json is not the one it was made with', error)
}

function doesNotAnswer(cluster: Cluster, server: RunningServer): AppError {
  return new AppError(
    'embedded_start_failed',
    `PostgreSQL (process ${server.pid}) holds the data folder ${cluster.layout.home} but does not answer.`,
  )
}
