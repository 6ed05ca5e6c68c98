import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { systemCode } from '../../errors.ts'
import type { Layout } from './layout.ts'
import { nameOf, startTimeOf, worksIn } from './process-table.ts'

/** A server that runs on our cluster. */
export interface RunningServer {
  pid: number
  startedAt: string
  port: number
  /** False while it starts, recovers or stops. */
  isReady: boolean
  /** False when the system does not let us see which folder the process works in. */
  isCertain: boolean
}

/**
 * The server named by postmaster.pid, if that is really it: the file survives a `kill -9`, and its process id may by
 * then belong to anything. Line 1 is the id, line 4 the port, line 8 the state.
 * https://www.postgresql.org/docs/18/storage-file-layout.html
 */
export function findServer(layout: Layout): RunningServer | undefined {
  const lines = readPidFile(layout)
  const pid = Number(lines?.[0])
  const startedAt = startTimeOf(pid)
  if (!lines || startedAt === undefined || nameOf(pid) !== 'postgres') return undefined
  const here = worksIn(pid, layout.pgdata)
  if (here === 'no') return undefined
  return {
    pid,
    startedAt,
    port: Number(lines[3]),
    isReady: lines[7]?.trim() === 'ready',
    isCertain: here === 'yes',
  }
}

/**
 * To be called only when `findServer` found none. The server itself would refuse to start over a file that names a
 * living process of its own user, or a zombie, and waiting would not help. Remains of a killed server that still
 * work on the data are noticed by it all the same, through the shared memory they hold.
 */
export function removeStalePidFile(layout: Layout): void {
  rmSync(pidFile(layout), { force: true })
}

/** A server that was stopped properly leaves none. */
export function hasPidFile(layout: Layout): boolean {
  return existsSync(pidFile(layout))
}

export function isGone(server: RunningServer): boolean {
  return startTimeOf(server.pid) !== server.startedAt
}

function readPidFile(layout: Layout): string[] | undefined {
  try {
    return readFileSync(pidFile(layout), 'utf8').split('\n')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function pidFile(layout: Layout): string {
  return path.join(layout.pgdata, 'postmaster.pid')
}
