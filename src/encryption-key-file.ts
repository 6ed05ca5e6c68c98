import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { formatEncryptionKey, newEncryptionKey, parseEncryptionKey } from './encryption-key.ts'
import { AppError, systemCode } from './errors.ts'

/**
 * The encryption key of the embedded default: a file beside the database that only its owner may read. The first line
 * is the key; further lines are previous ones, while a rotation goes on. It is made aside and put in place whole, so
 * that nobody ever reads half of it, and two processes that start at once agree on one.
 */
export const encryptionKeyFile = (dataDir: string): string => path.join(dataDir, 'encryption.key')

/**
 * Reads the keys, the current one first; makes the file when there is none.
 * @throws AppError `config_invalid` when it cannot be read or made, or holds something else; `database_disk_full`
 */
export function ensureEncryptionKeyFile(file: string, onWarning: (line: string) => void): readonly Buffer[] {
  return explaining(file, () => {
    if (existsSync(file)) closeToOthers(file, onWarning)
    else create(file)
    return read(file)
  })
}

/** The keys, the current one first; null when there is no file. @throws AppError `config_invalid` */
export function readEncryptionKeyFile(file: string): readonly Buffer[] | null {
  return explaining(file, () => (existsSync(file) ? read(file) : null))
}

/**
 * Puts other keys into the file, the current one first. It keeps its owner. Call it under a lock: the last to write wins.
 * @throws AppError `config_invalid`, `database_disk_full`
 */
export function writeEncryptionKeyFile(file: string, keys: readonly Buffer[]): void {
  explaining(file, () => {
    const place = realpathSync(file)
    removeLeftovers(place)
    const { uid, gid } = statSync(place)
    putInPlace(place, keys, (aside) => {
      if (process.getuid?.() === 0) chownSync(aside, uid, gid)
      renameSync(aside, place)
    })
  })
}

function create(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  putInPlace(file, [newEncryptionKey()], (aside) => {
    try {
      // Unlike a rename, a link does not replace what is there: the first key made is the key.
      linkSync(aside, file)
    } catch (error) {
      if (!existsSync(file)) throw error
    }
  })
}

function putInPlace(file: string, keys: readonly Buffer[], move: (aside: string) => void): void {
  const aside = path.join(path.dirname(file), `${leftoverPrefix(file)}${process.pid}-${randomBytes(6).toString('hex')}`)
  try {
    const fd = openSync(aside, 'wx', 0o600)
    try {
      fchmodSync(fd, 0o600)
      writeFileSync(fd, keys.map((key) => `${formatEncryptionKey(key)}\n`).join(''))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    move(aside)
    syncFolder(path.dirname(file))
  } finally {
    rmSync(aside, { force: true })
  }
}

const leftoverPrefix = (file: string) => `.${path.basename(file)}-`

/** What a process that was killed had made aside: an old key must not outlive its rotation in there. */
function removeLeftovers(file: string): void {
  const folder = path.dirname(file)
  for (const name of readdirSync(folder)) {
    if (name.startsWith(leftoverPrefix(file))) rmSync(path.join(folder, name), { force: true })
  }
}

/** A new name in a folder is only durable once the folder is; and without its key, what is sealed is lost. */
function syncFolder(folder: string): void {
  // Windows opens no folders.
  if (process.platform === 'win32') return
  const fd = openSync(folder, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

function read(file: string): readonly Buffer[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
  const keys: Buffer[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    const key = parseEncryptionKey(line)
    if (!key) throw unusable(file, `line ${index + 1} is no key`)
    keys.push(key)
  }
  if (keys.length === 0) throw unusable(file, 'it is empty')
  return keys
}

const unusable = (file: string, why: string) =>
  new AppError(
    'config_invalid',
    `The encryption key file ${file} cannot be used: ${why}. Restore it, or move it away: a new one is made then, and credentials have to be entered anew.`,
  )

/** A key that others can read is mended, not refused: the database beside it must stay usable. */
function closeToOthers(file: string, onWarning: (line: string) => void): void {
  const { mode, uid } = statSync(file)
  // Windows has no such modes.
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  try {
    chmodSync(file, 0o600)
  } catch {
    // Somebody else's, or on a disk that can only be read: told below.
  }
  const isClosed = (statSync(file).mode & 0o077) === 0
  onWarning(
    isClosed
      ? `The encryption key file ${file} could be read by others (mode ${modeText(mode)}); now it cannot (600). If somebody may have read it, run: rollcall rotate-encryption-key`
      : `The encryption key file ${file} can be read by others (mode ${modeText(mode)}), and belongs to user ${uid}: give it mode 600.`,
  )
}

const modeText = (mode: number) => (mode & 0o777).toString(8).padStart(3, '0')

function explaining<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = systemCode(error)
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new AppError('database_disk_full', `The disk of ${path.dirname(file)} is full.`, { cause: error })
    throw new AppError(
      'config_invalid',
      `Rollcall can neither read nor make the encryption key file ${file}: ${reason(file, code)}.`,
      { cause: error },
    )
  }
}

function reason(file: string, code: string): string {
  try {
    const self = process.getuid?.()
    const { uid } = statSync(existsSync(file) ? file : path.dirname(file))
    if (code === 'EACCES' && self !== undefined && self !== uid)
      return `it belongs to user ${uid}, and Rollcall runs as user ${self}`
  } catch {
    // Not even that can be seen; the code says enough.
  }
  return code || 'an unknown reason'
}
