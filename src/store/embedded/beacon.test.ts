import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestClock } from '../../../test/harness/test-clock.ts'
import { lightBeacon, putOutBeacon, refuseForeignServer } from './beacon.ts'
import { type Layout, layoutOf } from './layout.ts'

let layout: Layout
let told: string[]
beforeEach(() => {
  layout = layoutOf(mkdtempSync(path.join(tmpdir(), 'rollcall-beacon-')))
  mkdirSync(layout.pgdata)
  writeFileSync(path.join(layout.pgdata, 'postmaster.pid'), '7\n')
  told = []
})
afterEach(() => rmSync(layout.home, { recursive: true }))

const refuse = (clock = new TestClock()) => refuseForeignServer(layout, (line) => told.push(line), clock)
const lightElsewhere = () => writeFileSync(layout.beacon, 'other-container pid:[2]\n')

test('remains of a crash in this place cost no time: here we can see what runs', async () => {
  const clock = new TestClock()
  lightBeacon(layout)
  await refuse(clock)
  expect(clock.sleeps).toEqual([])
  expect(told).toEqual([])
})

test('after a proper stop nothing is waited for, wherever that was', async () => {
  const clock = new TestClock()
  lightElsewhere()
  rmSync(path.join(layout.pgdata, 'postmaster.pid'))
  await refuse(clock)
  putOutBeacon(layout)
  await refuse(clock)
  expect(clock.sleeps).toEqual([])
})

test('a container that was killed and replaced gives no sign of life, so its data is taken over after a while', async () => {
  const clock = new TestClock()
  lightElsewhere()
  const before = clock.now()
  await refuse(clock)
  expect(clock.now() - before).toBe(10_000)
  expect(told).toEqual(['Making sure that no other container or machine uses this data folder'])
})

test('a container that stops its server properly meanwhile hands the data over at once', async () => {
  lightElsewhere()
  class ClockOfALeavingNeighbor extends TestClock {
    override async sleep(ms: number): Promise<void> {
      putOutBeacon(layout)
      await super.sleep(ms)
    }
  }
  const clock = new ClockOfALeavingNeighbor()
  await refuse(clock)
  expect(clock.sleeps).toHaveLength(1)
})

test('a container that lives keeps its data to itself', async () => {
  lightElsewhere()
  class ClockOfALivingNeighbor extends TestClock {
    override async sleep(ms: number): Promise<void> {
      utimesSync(layout.beacon, this.now() / 1000, this.now() / 1000)
      await super.sleep(ms)
    }
  }
  await expect(refuse(new ClockOfALivingNeighbor())).rejects.toMatchObject({
    code: 'embedded_start_failed',
    message: expect.stringContaining(
      'in another container (other-container): give both the same PostgreSQL server by DATABASE_URL',
    ),
  })
})
