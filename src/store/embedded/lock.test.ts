import { spawnSync } from 'node:child_process'
import { lutimesSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { holderText, withLock } from './lock.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-lock-'))
afterAll(() => rmSync(folder, { recursive: true }))

let lock = ''
let count = 0
beforeEach(() => {
  count += 1
  lock = path.join(folder, `lock-${count}`)
})

const deadHolder = () => holderText({ pid: spawnSync('true').pid, startedAt: 'whenever' })
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('only one of many holds it at a time', async () => {
  let inside = 0
  let most = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await turn()
    inside -= 1
  }
  await Promise.all(Array.from({ length: 20 }, () => withLock(lock, work)))
  expect(most).toBe(1)
})

test('it is released when the work fails, and leaves no file behind', async () => {
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await expect(withLock(lock, async () => 'yes')).resolves.toBe('yes')
  expect(readdirSync(folder).filter((name) => name.startsWith(path.basename(lock)))).toEqual([])
})

test('a holder that died does not hold it', async () => {
  symlinkSync(deadHolder(), lock)
  await expect(withLock(lock, async () => 'taken')).resolves.toBe('taken')
})

test('a process that has the id of a dead holder, but started at another time, does not hold it', async () => {
  symlinkSync(holderText({ startedAt: 'another-boot.1' }), lock)
  await expect(withLock(lock, async () => 'taken')).resolves.toBe('taken')
})

test('one who died while breaking a dead lock does not jam it', async () => {
  symlinkSync(deadHolder(), lock)
  symlinkSync(deadHolder(), `${lock}.break`)
  symlinkSync(deadHolder(), `${lock}.break.break`)
  await expect(withLock(lock, async () => 'taken')).resolves.toBe('taken')
})

test('many who find a dead lock together still take it one after another', async () => {
  symlinkSync(deadHolder(), lock)
  let inside = 0
  const work = async () => {
    inside += 1
    expect(inside).toBe(1)
    await turn()
    inside -= 1
  }
  await Promise.all(Array.from({ length: 10 }, () => withLock(lock, work)))
})

test('whoever waits is told once for whom', async () => {
  symlinkSync(holderText(), lock)
  const told: number[] = []
  const waiting = withLock(
    lock,
    async () => 'taken',
    (pid) => {
      told.push(pid)
      rmSync(lock)
    },
  )
  await expect(waiting).resolves.toBe('taken')
  expect(told).toEqual([process.pid])
})

test('a holder in another container is believed in for a while, because it cannot be seen', async () => {
  symlinkSync(holderText({ place: 'elsewhere' }), lock)
  let isTaken = false
  const waiting = withLock(
    lock,
    async () => {
      isTaken = true
    },
    () => {
      // It was made 31 seconds ago, as far as anybody can tell.
      expect(isTaken).toBe(false)
      const then = new Date(Date.now() - 31_000)
      lutimesSync(lock, then, then)
    },
  )
  await waiting
  expect(isTaken).toBe(true)
})
