import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs'

const MAX_BYTES = 8 * 1024 * 1024
/** How much of one start is read when looking for the reason of its failure. */
const TAIL_BYTES = 64 * 1024

/** A place in the server's log, so that an old complaint is not taken for a new one. */
export interface LogPosition {
  file: string
  bytes: number
}

/** Opens the log for a server to write to. A log that has grown large is put aside, in place of the one before it. */
export function openLog(file: string): { fd: number; position: LogPosition } {
  if (sizeOf(file) > MAX_BYTES) renameSync(file, `${file}.old`)
  return { fd: openSync(file, 'a', 0o600), position: { file, bytes: sizeOf(file) } }
}

export function readLogSince({ file, bytes }: LogPosition): string {
  const size = sizeOf(file)
  const from = Math.max(bytes, size - TAIL_BYTES)
  const buffer = Buffer.alloc(Math.max(0, size - from))
  const fd = openSync(file, 'r')
  try {
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, from))
  } finally {
    closeSync(fd)
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
