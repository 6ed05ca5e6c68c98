import { type Adopted, adoptServer } from './adopt.ts'
import { lightBeacon, putOutBeacon, refuseForeignServer } from './beacon.ts'
import { runnableBinaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { ensureDatabase } from './connection.ts'
import { createCluster, removeLeftovers } from './create-cluster.ts'
import { startFailure } from './failures.ts'
import type { Layout } from './layout.ts'
import { findServer } from './pid-file.ts'
import { type LogPosition, readLogSince } from './server-log.ts'
import { letPass, serverUser } from './server-user.ts'
import { damageSince, startServer } from './start-server.ts'
import { abandonServer } from './stop-server.ts'
import { HAS_PROC } from './tool.ts'

/** From a data folder whose server does not run, or that is still empty, to a server with Rollcall's database in it. */
export async function startCluster(
  layout: Layout,
  found: Cluster | undefined,
  onProgress: (line: string) => void,
): Promise<{ cluster: Cluster; started: Adopted }> {
  await refuseForeignServer(layout, onProgress)
  removeLeftovers(layout)
  const user = serverUser(layout.pgdata)
  if (!HAS_PROC) letPass(user, layout.home)
  const binaries = await runnableBinaries(user, layout.home)
  if (!found) onProgress(`Creating the database in ${layout.home}`)
  const cluster = found ?? (await createCluster(layout, binaries, user))
  lightBeacon(layout)
  try {
    const { logPosition } = await startServer(cluster, binaries, user, onProgress)
    return { cluster, started: await joinStarted(cluster, logPosition, onProgress) }
  } catch (error) {
    const server = findServer(layout)
    if (server) await abandonServer(server)
    putOutBeacon(layout)
    throw error
  }
}

async function joinStarted(cluster: Cluster, log: LogPosition, onProgress: (line: string) => void): Promise<Adopted> {
  const givingUp = () => {
    const damage = damageSince(log)
    return damage === undefined ? undefined : startFailure(cluster.layout, damage)
  }
  const started = await adoptServer(cluster, onProgress, givingUp)
  if (!started) throw startFailure(cluster.layout, readLogSince(log))
  await ensureDatabase(started.presence, cluster)
  return started
}
