import { readFileSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs'
import { type Clock, systemClock } from '../../clock.ts'
import { AppError, systemCode } from '../../errors.ts'
import type { Layout } from './layout.ts'
import { hasPidFile } from './pid-file.ts'
import { placeOfThisProcess } from './process-table.ts'

/**
 * A sign of life across containers and machines. A server that another container runs on the same volume is invisible
 * from here: not its process, not its port, and not the shared memory by which PostgreSQL itself would notice. Two
 * servers on one folder destroy it, so before one is started over the remains of another, we look whether its users
 * still give signs of life.
 */
const TOUCH_MS = 3_000
const PATIENCE_MS = 10_000
const POLL_MS = 250

export function lightBeacon({ beacon }: Layout): void {
  // Another user's file could be replaced, but not written to.
  rmSync(beacon, { force: true })
  writeFileSync(beacon, `${placeOfThisProcess()}\n`, { mode: 0o600 })
}

/** Until the returned function is called, or the process ends. */
export function keepBeaconLit({ beacon }: Layout): () => void {
  const timer = setInterval(() => {
    const now = systemClock.now() / 1000
    // A folder that was removed meanwhile has no server that would need it.
    utimes(beacon, now, now, () => {})
  }, TOUCH_MS)
  timer.unref()
  return () => clearInterval(timer)
}

export function putOutBeacon({ beacon }: Layout): void {
  rmSync(beacon, { force: true })
}

/** To be called when no server is found. Costs time only after a crash in another place, such as a replaced container. */
export async function refuseForeignServer(
  layout: Layout,
  onProgress: (line: string) => void,
  clock: Clock = systemClock,
): Promise<void> {
  const lit = readBeacon(layout)
  if (!hasPidFile(layout) || lit === undefined || lit.place === placeOfThisProcess()) return
  onProgress('Making sure that no other container or machine uses this data folder')
  const since = clock.now()
  while (clock.now() - since < PATIENCE_MS) {
    await clock.sleep(POLL_MS)
    const now = readBeacon(layout)
    if (now === undefined) return
    if (now.litAt !== lit.litAt) throw inUseElsewhere(layout, lit.place)
  }
}

/** Undefined when it is out: the last one to leave stopped the server properly. */
function readBeacon({ beacon }: Layout): { place: string; litAt: number } | undefined {
  try {
    return { place: readFileSync(beacon, 'utf8').trim(), litAt: statSync(beacon).mtimeMs }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

function inUseElsewhere({ home }: Layout, place: string): AppError {
  const [host] = place.split(' ')
  return new AppError(
    'embedded_start_failed',
    `The data folder ${home} is in use by Rollcall on another machine or in another container (${host}): give both the same PostgreSQL server by DATABASE_URL.`,
  )
}
