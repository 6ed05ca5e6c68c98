import { statSync } from 'node:fs'
import { AppError, type ErrorCode, messageOf, systemCode } from '../../errors.ts'
import type { Layout } from './layout.ts'

/** What the server, initdb or the file system said, turned into one sentence for the person who has to act. */

const DISK_FULL = /No space left on device|Disk quota exceeded/
/** Not the disk, though the system uses the same words: kernel limits on shared memory and semaphores. */
const KERNEL_LIMIT = /shared memory|semaphore|Cannot allocate memory|Too many open files|Permission denied/
const DAMAGED = new RegExp(
  [
    'PANIC:',
    'checkpoint record',
    'database files are incompatible',
    'could not find the database system',
    'not a valid data directory',
    'required WAL directory',
    'could not access status of transaction',
    'could not access the server configuration file',
    // Of the cluster: the server works in its folder. A file by its full path is one of the programs'.
    'could not (?:read|open|stat) (?:file|directory) "(?:[^/]|/proc/self/cwd)',
    'could not load .*pg_hba',
    'control file',
    'checksum',
    'invalid page',
  ].join('|'),
)

/** Answers to clients: FATAL for their connection, but not for the server. */
const TOLD_TO_CLIENTS = /the database system is|terminating connection|authentication failed|too many clients/

const PORT_TAKEN = /Address already in use|could not create any TCP\/IP sockets/
const STILL_DYING = /pre-existing shared memory block|lock file ".*" already exists/

/** `retry_port`: another program was faster. `retry_later`: remains of a killed server are still winding down. */
export type StartVerdict = 'retry_port' | 'retry_later' | ErrorCode

export function judgeStart(log: string): StartVerdict {
  if (PORT_TAKEN.test(log)) return 'retry_port'
  if (STILL_DYING.test(complaintIn(log) ?? '')) return 'retry_later'
  return judge(log)
}

function judge(log: string): ErrorCode {
  // Another process than the one that gives up may have met the full disk: the checkpointer, for one.
  if (linesOf(log).some((line) => DISK_FULL.test(line) && !KERNEL_LIMIT.test(line))) return 'database_disk_full'
  const complaint = complaintIn(log) ?? ''
  if (KERNEL_LIMIT.test(complaint)) return 'embedded_start_failed'
  return DAMAGED.test(complaint) ? 'database_damaged' : 'embedded_start_failed'
}

/** The last line that says why it gave up: the server's FATAL or PANIC, or what a program printed under its name. */
function complaintIn(log: string): string | undefined {
  const complaints = linesOf(log).filter((line) => /^(?:FATAL|PANIC): |^(?:postgres|initdb): /.test(line))
  return complaints.findLast((line) => !TOLD_TO_CLIENTS.test(line))
}

/** Without the time and process id at their beginning, and the padding after the severity. */
function linesOf(log: string): string[] {
  return log
    .split('\n')
    .map((line) =>
      line
        .replace(/^\S+ \S+ [A-Z]+ \[\d+\] /, '')
        .replace(/^([A-Z]+:) +/, '$1 ')
        .trim(),
    )
    .filter((line) => line !== '')
}

const SENTENCES: Partial<Record<ErrorCode, (where: string) => string>> = {
  database_damaged: (where) => `The database in ${where} is damaged and PostgreSQL cannot open it`,
  database_disk_full: (where) => `PostgreSQL cannot start because the disk of ${where} is full`,
}

export function startFailure(layout: Layout, log: string, code: ErrorCode = judge(log)): AppError {
  const sentence = SENTENCES[code] ?? ((where: string) => `PostgreSQL did not start in ${where}`)
  const complaint = (complaintIn(log) ?? linesOf(log).at(-1) ?? 'it said nothing').replaceAll(
    '/proc/self/cwd',
    layout.pgdata,
  )
  return new AppError(code, `${sentence(layout.home)}: ${complaint.replace(/\.$/, '')}.`)
}

export function damaged(layout: Layout, what: string, cause?: unknown): AppError {
  return new AppError('database_damaged', `The database in ${layout.home} is damaged: ${what}.`, { cause })
}

/** Whatever else was thrown on the way, as one of our errors: mostly the file system's, or a connection that was cut. */
export function explainError(layout: Layout, error: unknown): AppError {
  if (error instanceof AppError) return error
  const { home } = layout
  const code = systemCode(error)
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('database_disk_full', `The disk of ${home} is full.`, { cause: error })
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return unusable(home, error)
    default:
      // Node's word for a folder that cannot be made on a read-only file system.
      if (code === 'ENOENT' && error instanceof Error && 'syscall' in error && error.syscall === 'mkdir')
        return unusable(home, error)
      return startFailed(`The database in ${home} cannot be opened: ${messageOf(error)}.`, error)
  }
}

const unusable = (home: string, cause: unknown): AppError =>
  startFailed(`Rollcall cannot use the data folder ${home}: ${reason(home, cause)}.`, cause)

function startFailed(message: string, cause: unknown): AppError {
  return new AppError('embedded_start_failed', message, { cause })
}

function reason(home: string, error: unknown): string {
  try {
    const self = process.getuid?.()
    const stats = statSync(home)
    if (!stats.isDirectory()) return 'it is not a folder'
    if (self !== 0 && stats.uid !== self) return `it belongs to user ${stats.uid}, and Rollcall runs as user ${self}`
  } catch {
    // Not even that can be seen; the error itself says enough.
  }
  const code = systemCode(error)
  if (code === 'EROFS') return 'its file system can only be read'
  return code === 'ENOENT' ? 'it cannot be made' : messageOf(error)
}
