import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import net from 'node:net'
import { systemClock } from '../../clock.ts'
import type { Binaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { judgeStart, startFailure } from './failures.ts'
import { findServer, type RunningServer, removeStalePidFile } from './pid-file.ts'
import { type LogPosition, openLog, readLogSince } from './server-log.ts'
import { giveTo, restoreOwnership, type ServerUser } from './server-user.ts'
import { serverSettings } from './settings.ts'
import { abandonServer } from './stop-server.ts'
import { CLEAN_ENV, folderArgument } from './tool.ts'

const POLL_MS = 10
/** Backends of a killed server end at their next step; a live one whose pid file was deleted ends within a minute. */
const REMAINS_PATIENCE_MS = 90_000
const REMAINS_POLL_MS = 200
const SLOW_START_MS = 3_000
const PORT_ATTEMPTS = 10

export interface StartedServer extends RunningServer {
  logPosition: LogPosition
}

/** Starts a server on a cluster that has none, and answers once it accepts connections. */
export async function startServer(
  cluster: Cluster,
  binaries: Binaries,
  user: ServerUser,
  onProgress: (line: string) => void,
): Promise<StartedServer> {
  const { layout } = cluster
  restoreOwnership(user, layout.pgdata)
  removeStalePidFile(layout)
  const startedAt = systemClock.now()
  for (let ports = 1; ; ) {
    const attempt = await attemptStart(cluster, binaries, user, onProgress)
    if ('pid' in attempt) return attempt
    const verdict = judgeStart(attempt.log)
    if (verdict === 'retry_port' && ports++ < PORT_ATTEMPTS) continue
    const hasPatience = systemClock.now() - startedAt < REMAINS_PATIENCE_MS
    if (verdict !== 'retry_later' || !hasPatience) throw startFailure(layout, attempt.log)
    await systemClock.sleep(REMAINS_POLL_MS)
  }
}

async function attemptStart(
  { layout }: Cluster,
  binaries: Binaries,
  user: ServerUser,
  onProgress: (line: string) => void,
): Promise<StartedServer | { log: string }> {
  const { fd, position } = openLog(layout.log)
  giveTo(user, layout.log)
  const settings = Object.entries(serverSettings(await freePort())).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const child = spawn(binaries.postgres, ['-D', folderArgument(layout.pgdata), ...settings], {
    ...user,
    cwd: layout.pgdata,
    env: CLEAN_ENV,
    stdio: ['ignore', fd, fd],
    // Its own session: Ctrl-C in the terminal is sent to Rollcall's process group and must not reach the server.
    detached: true,
  })
  closeSync(fd)
  child.unref()
  const end = endOf(child)

  const since = systemClock.now()
  let announced = false
  for (;;) {
    const server = findServer(layout)
    if (server?.isReady && server.pid === child.pid) return { ...server, logPosition: position }
    const ended = end()
    if (ended !== undefined) return { log: `${readLogSince(position)}\n${ended}` }
    const hopeless = damageSince(position)
    if (hopeless !== undefined) {
      if (server) await abandonServer(server)
      return { log: hopeless }
    }
    if (!announced && systemClock.now() - since > SLOW_START_MS) {
      announced = true
      onProgress('PostgreSQL is recovering from an interruption, which takes a while after a large sync')
    }
    await systemClock.sleep(POLL_MS)
  }
}

/**
 * What was written to the log, if that tells of damage. With some damage the server does not give up: it starts,
 * crashes and starts over for as long as it is let.
 */
export function damageSince(position: LogPosition): string | undefined {
  const log = readLogSince(position)
  return judgeStart(log) === 'database_damaged' ? log : undefined
}

/** Undefined while it runs; afterwards what Node knows about its end, which is nothing when it exited by itself. */
function endOf(child: ChildProcess): () => string | undefined {
  let end: string | undefined
  child.once('error', (error) => {
    end = `postgres: ${error.message}`
  })
  child.once('exit', (_code, signal) => {
    end ??= signal && signal !== 'SIGABRT' ? `postgres: ended by ${signal}` : ''
  })
  return () => end
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
