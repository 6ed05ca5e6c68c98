import { systemClock } from '../../clock.ts'
import type { Cluster } from './cluster.ts'
import { type Connection, connect, disconnect, isNotAnswering } from './connection.ts'
import type { RunningServer } from './pid-file.ts'

/**
 * Every process that uses the server holds one idle connection under this name for as long as it does. The system
 * closes it when the process dies, however it dies, so counting connections counts living processes.
 */
export const PRESENCE = 'rollcall presence'

/** Those who left take this name first: their connections may outlast them by a moment, and do not count. */
const ABSENCE = 'rollcall left'

/** Time for the server to notice a connection that was closed: of a process just killed, of a pool just ended. */
const KILLED_MS = 150
const CLOSING_MS = 1_500
const POLL_MS = 20

/** For one who leaves while others stay. */
export async function endPresence(presence: Connection): Promise<void> {
  await presence.client.query(`set application_name = '${ABSENCE}'`).catch(() => {})
  disconnect(presence)
}

/**
 * Whether anybody but us is connected: another process of Rollcall, or a person with psql. Ask it while holding the
 * lock: then nobody can arrive between the answer and what is done about it.
 */
export async function hasOtherClients(presence: Connection, cluster: Cluster, server: RunningServer): Promise<boolean> {
  try {
    return await hasOthersBeside(presence)
  } catch {
    // Our connection was lost with the server it was made to. Another process has started this one.
  }
  try {
    const connection = await connect(cluster, server.port, 'rollcall leaving')
    return await hasOthersBeside(connection).finally(() => disconnect(connection))
  } catch (error) {
    return !isNotAnswering(error)
  }
}

async function hasOthersBeside(self: Connection): Promise<boolean> {
  const since = systemClock.now()
  for (;;) {
    const others = await namesOfOthers(self)
    if (others.length === 0) return false
    const patienceMs = others.includes(PRESENCE) ? KILLED_MS : CLOSING_MS
    if (systemClock.now() - since > patienceMs) return true
    await systemClock.sleep(POLL_MS)
  }
}

/** https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW */
async function namesOfOthers(self: Connection): Promise<string[]> {
  const { rows } = await self.client.query<{ application_name: string }>(
    `select application_name from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
     and application_name <> $1`,
    [ABSENCE],
  )
  return rows.map((row) => row.application_name)
}
