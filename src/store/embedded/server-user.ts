import { chmodSync, chownSync, lchownSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { AppError } from '../../errors.ts'

/**
 * Who the server runs as: PostgreSQL refuses to run as root
 * (https://www.postgresql.org/docs/18/postgres-user.html), so root hands it to an unprivileged user that every system
 * has. Empty when Rollcall itself is not root: then the server simply runs as the same user.
 */
export interface ServerUser {
  uid?: number
  gid?: number
}

const CANDIDATES = ['postgres', 'nobody']

export function serverUser(pgdata: string): ServerUser {
  if (process.getuid?.() !== 0) return {}
  return ownerOf(pgdata) ?? unprivilegedUser(readFileSync('/etc/passwd', 'utf8'))
}

/** An existing cluster keeps its user, also when a `postgres` user was installed after it was made. */
function ownerOf(pgdata: string): ServerUser | undefined {
  const stats = statSync(pgdata, { throwIfNoEntry: false })
  return stats && stats.uid !== 0 ? { uid: stats.uid, gid: stats.gid } : undefined
}

/** https://man7.org/linux/man-pages/man5/passwd.5.html */
export function unprivilegedUser(passwd: string): ServerUser {
  const entries = passwd.split('\n').map((line) => line.split(':'))
  for (const candidate of CANDIDATES) {
    const entry = entries.find(([name]) => name === candidate)
    const uid = Number(entry?.[2])
    const gid = Number(entry?.[3])
    if (entry && Number.isInteger(uid) && uid !== 0) return { uid, gid }
  }
  throw new AppError(
    'embedded_start_failed',
    'PostgreSQL refuses to run as root, and this machine has neither a postgres nor a nobody user to run it as: run Rollcall as another user, or set DATABASE_URL.',
  )
}

/** Makes a file or folder the server's own. Nothing to do when it already runs as us. */
export function giveTo(user: ServerUser, file: string): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(file, user.uid, user.gid)
}

/** Lets the server's user pass through a folder of ours to something of its own, without seeing what else is in it. */
export function letPass(user: ServerUser, folder: string): void {
  if (user.uid !== undefined) chmodSync(folder, (statSync(folder).mode & 0o777) | 0o011)
}

/**
 * What the server insists on before it opens a cluster: to own it, and that nobody else can look inside. Copying a
 * data folder back from a backup as root loses both.
 */
export function restoreOwnership(user: ServerUser, pgdata: string): void {
  const { uid, mode } = statSync(pgdata)
  if (user.uid !== undefined && user.gid !== undefined && uid !== user.uid) {
    for (const entry of readdirSync(pgdata, { recursive: true, encoding: 'utf8' })) {
      lchownSync(path.join(pgdata, entry), user.uid, user.gid)
    }
    chownSync(pgdata, user.uid, user.gid)
  }
  if ((mode & 0o077) !== 0) chmodSync(pgdata, 0o700)
}
