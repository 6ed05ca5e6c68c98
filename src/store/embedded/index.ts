import { mkdirSync, statSync } from 'node:fs'
import { type Adopted, adoptServer } from './adopt.ts'
import { keepBeaconLit, putOutBeacon } from './beacon.ts'
import { type Cluster, findCluster } from './cluster.ts'
import { type Connection, ensureDatabase, urlOf } from './connection.ts'
import { explainError } from './failures.ts'
import { type Layout, layoutOf } from './layout.ts'
import { withLock } from './lock.ts'
import { findServer, type RunningServer } from './pid-file.ts'
import { endPresence, hasOtherClients } from './presence.ts'
import { startCluster } from './start-cluster.ts'
import { stopServer } from './stop-server.ts'

/**
 * The embedded database: a real PostgreSQL server in one data folder, shared by every Rollcall process on the machine.
 *
 * The first process starts it, the others adopt it, the last to leave stops it. All three happen under one lock, so
 * they cannot cross. A process that is killed leaves the server running for the next one to adopt; a server that is
 * killed is started again, and PostgreSQL recovers what was committed.
 */
export interface EmbeddedServer {
  url: string
  /** True when the server was already running. */
  adopted: boolean
  dataDir: string
  /** Leaves; the last process to leave stops the server. Close your own connections first: they count. */
  leave(): Promise<void>
}

export interface EmbeddedOptions {
  /** Told about everything that takes a person's patience. */
  onProgress?: (line: string) => void
}

export async function openEmbedded(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const layout = layoutOf(dataDir)
  const onProgress = options.onProgress ?? (() => {})
  return explainingErrors(layout, async () => {
    mkdirSync(layout.home, { recursive: true, mode: 0o700 })
    return locked(layout, onProgress, async () => {
      const found = findCluster(layout)
      const running = found && (await adoptServer(found, onProgress))
      if (found && running) {
        await ensureDatabase(running.presence, found)
        return join(found, running, true)
      }
      const { cluster, started } = await startCluster(layout, found, onProgress)
      return join(cluster, started, false)
    })
  })
}

/** Stops the server whoever uses it. False when none was running. */
export async function stopEmbedded(dataDir: string): Promise<boolean> {
  const layout = layoutOf(dataDir)
  if (!statSync(layout.home, { throwIfNoEntry: false })) return false
  return explainingErrors(layout, () =>
    locked(
      layout,
      () => {},
      async () => {
        const server = findServer(layout)
        if (server) await stop(layout, server)
        return server !== undefined
      },
    ),
  )
}

function locked<T>(layout: Layout, onProgress: (line: string) => void, work: () => Promise<T>): Promise<T> {
  return withLock(layout.lock, work, (pid) => {
    onProgress(`Waiting for another Rollcall process (${pid}) that starts or stops the database`)
  })
}

function join(cluster: Cluster, { presence, server }: Adopted, adopted: boolean): EmbeddedServer {
  presence.socket.unref()
  const putDown = keepBeaconLit(cluster.layout)
  let leaving: Promise<void> | undefined
  return {
    url: urlOf(cluster, server.port),
    adopted,
    dataDir: cluster.layout.home,
    leave: () => {
      leaving ??= explainingErrors(cluster.layout, () => leave(cluster, presence)).finally(putDown)
      return leaving
    },
  }
}

async function leave(cluster: Cluster, presence: Connection): Promise<void> {
  presence.socket.ref()
  await locked(
    cluster.layout,
    () => {},
    async () => {
      const server = findServer(cluster.layout)
      const isNeeded = server !== undefined && (await hasOtherClients(presence, cluster, server))
      await endPresence(presence)
      if (server && !isNeeded) await stop(cluster.layout, server)
    },
  )
}

async function stop(layout: Layout, server: RunningServer): Promise<void> {
  await stopServer(server)
  putOutBeacon(layout)
}

async function explainingErrors<T>(layout: Layout, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw explainError(layout, error)
  }
}
