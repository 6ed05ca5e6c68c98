import { randomBytes } from 'node:crypto'
import { lstatSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs'
import { systemClock } from '../../clock.ts'
import { AppError, systemCode } from '../../errors.ts'
import { placeOfThisProcess, startTimeOf } from './process-table.ts'

/**
 * A lock between processes that a `kill -9` of its holder does not jam.
 *
 * Node has no flock(2), so the lock is a symbolic link whose *target* is its holder: process id, start time, place, and
 * a nonce. Making a link is atomic and carries its content, so nobody ever sees a lock without a holder. A holder that
 * no longer runs has lost the lock; of one in another container we cannot tell, and believe in it for a while.
 *
 * Removing a dead holder's link is the delicate part: between reading it and removing it, somebody else may have done
 * the same and taken the lock. So the link is only removed while holding a second lock of the same kind, `<path>.break`.
 * Its holder may die too; then that one is broken through `<path>.break.break`, and so on.
 */
const POLL_MS = 15
const PATIENCE_MS = 15 * 60_000
const BELIEF_MS = 30_000

export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  onWait: (holderPid: number) => void = () => {},
): Promise<T> {
  const self = holderText()
  const waitingSince = systemClock.now()
  let announced: string | undefined
  for (;;) {
    const holder = take(path, self)
    if (holder === self) break
    if (holder !== undefined && holder !== announced) {
      announced = holder
      onWait(pidOf(holder))
    }
    if (systemClock.now() - waitingSince > PATIENCE_MS) throw heldForTooLong(path, holder)
    await systemClock.sleep(POLL_MS)
  }
  try {
    return await work()
  } finally {
    release(path, self)
  }
}

/** Tries once. Answers who holds the lock afterwards: `self` on success, undefined when that is not settled. */
function take(path: string, self: string): string | undefined {
  if (link(path, self)) return self
  const holder = holderOf(path)
  if (holder === undefined || isRunning(holder, path)) return holder
  const breaking = `${path}.break`
  if (take(breaking, self) !== self) return undefined
  try {
    if (holderOf(path) === holder) unlinkSync(path)
  } finally {
    release(breaking, self)
  }
  return link(path, self) ? self : undefined
}

function link(path: string, owner: string): boolean {
  try {
    symlinkSync(owner, path)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

function holderOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function release(path: string, self: string): void {
  if (holderOf(path) === self) unlinkSync(path)
}

/** The nonce makes each call of `withLock` a holder, so that two calls inside one process exclude each other as well. */
export function holderText(holder: { pid?: number; startedAt?: string; place?: string } = {}): string {
  const { pid = process.pid, startedAt = startTimeOf(pid), place = placeOfThisProcess() } = holder
  return [pid, startedAt, place, randomBytes(6).toString('hex')].join('|')
}

function isRunning(holder: string, path: string): boolean {
  const [, startedAt, place] = holder.split('|')
  if (place === placeOfThisProcess()) return startTimeOf(pidOf(holder)) === startedAt
  const since = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs
  return since !== undefined && systemClock.now() - since < BELIEF_MS
}

function pidOf(holder: string): number {
  return Number.parseInt(holder, 10)
}

function heldForTooLong(path: string, holder: string | undefined): AppError {
  const who = holder === undefined ? 'another process' : `process ${pidOf(holder)}`
  return new AppError('embedded_start_failed', `Rollcall waited too long for ${who} to let go of ${path}.`)
}
