import { systemClock } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import { isGone, type RunningServer } from './pid-file.ts'

const POLL_MS = 10
const FAST_SHUTDOWN_MS = 60_000
const IMMEDIATE_SHUTDOWN_MS = 15_000

/**
 * SIGINT is PostgreSQL's fast shutdown: clients are disconnected, everything is written, nothing is left to recover.
 * https://www.postgresql.org/docs/18/server-shutdown.html
 */
export async function stopServer(server: RunningServer): Promise<void> {
  if (!(await signalAndWait(server, 'SIGINT', FAST_SHUTDOWN_MS))) await abandonServer(server)
}

/**
 * SIGQUIT stops without writing; a later start recovers from the log. For a server that does not get anywhere: while
 * it is starting over after a crash, PostgreSQL does not react to SIGINT.
 */
export async function abandonServer(server: RunningServer): Promise<void> {
  if (await signalAndWait(server, 'SIGQUIT', IMMEDIATE_SHUTDOWN_MS)) return
  throw new AppError('embedded_start_failed', `PostgreSQL (process ${server.pid}) does not react to being stopped.`)
}

async function signalAndWait(server: RunningServer, signal: NodeJS.Signals, patienceMs: number): Promise<boolean> {
  const since = systemClock.now()
  if (!isGone(server)) process.kill(server.pid, signal)
  while (!isGone(server)) {
    if (systemClock.now() - since > patienceMs) return false
    await systemClock.sleep(POLL_MS)
  }
  // A turn of the event loop, in which Node buries the server if it was its child. Else a zombie would outlive us.
  await systemClock.sleep(POLL_MS)
  return true
}
