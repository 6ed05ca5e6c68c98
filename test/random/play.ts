import { expect } from 'vitest'
import { enqueueDue } from '../../src/store/job-queue.ts'
import type { SyncResult } from '../../src/sync/progress.ts'
import { differences, readAll } from '../harness/catch-up.ts'
import { directClient } from '../harness/direct-client.ts'
import { undone } from './feed.ts'
import type { Change, Step, SyncKind, Trouble } from './history.ts'
import { MUTATIONS } from './mutations.ts'
import { liveOf, type RandomOrg, storedRows } from './random-org.ts'

/** What a history made of its steps. */
export interface Played {
  readonly made: number
  /** Changes that had nothing to be made to. */
  readonly skipped: number
}

/**
 * Plays a history on an org that begins anew, lets it settle, and holds what is stored against the org: after rounds alone
 * but for what neither the log nor the marks show, after a full sync without exception.
 */
export async function play(org: RandomOrg, steps: readonly Step[]): Promise<Played> {
  await org.startOver()
  const made: Change[] = []
  let skipped = 0
  const change = (step: Change) => {
    if (mutate(org, step)) made.push(step)
    else skipped++
  }
  for (const step of steps) {
    if (step.do === 'change') change(step)
    else if (step.do === 'wait') org.clock.advance(step.seconds * 1_000)
    else if (step.do === 'late events come') org.sim.org.storeLateEvents()
    else await sync(org, step, change)
  }
  org.sim.org.storeLateEvents()
  org.clock.advance(60_000)
  await settle(org)
  const left = await org.db.query('select kind, stream, key from refetch_queue')
  expect(left, 'queued after the last round').toEqual([])
  const client = directClient(org.sim.org)
  const truth = await readAll(client)
  const afterRounds = liveOf(await storedRows(org))
  const unexplained = differences(afterRounds, truth).filter((difference) => !isUnseen(difference, made))
  expect(unexplained, 'after rounds').toEqual([])

  const full = await org.sync({ client, parallelParents: 32 })
  expect(full.outcome, 'the full sync').toBe('complete')
  const rows = await storedRows(org)
  expect(differences(liveOf(rows), truth), 'after the full sync').toEqual([])
  expect(await undone(org, rows), 'the feed undone').toEqual(org.first)
  return { made: made.length, skipped }
}

function mutate(org: RandomOrg, { what, numbers, events }: Change): boolean {
  const found = MUTATIONS[what]
  if (!found) throw new Error(`no mutation ${what}`)
  return org.sim.org.withEvents(events, () => found.make(org.sim.org, numbers))
}

const CODES = { error: { status: 500 }, truncated: { truncate: 4 }, forbidden: { status: 403 } }

async function sync(
  org: RandomOrg,
  { do: kind, trouble, isSearchBehind }: Extract<Step, { do: SyncKind }>,
  change: (step: Change) => void,
): Promise<void> {
  if (isSearchBehind) org.sim.fault('search-behind')
  if (trouble?.is === 'overtaken')
    org.sim.fault({ match: '*', skip: trouble.request, times: 1, onHit: () => trouble.by.forEach(change) })
  try {
    await troubled(org, kind, trouble)
  } finally {
    org.sim.clearFaults()
    org.crash.beforeCommit(null)
  }
}

async function troubled(org: RandomOrg, kind: SyncKind, trouble: Trouble | null): Promise<void> {
  if (kind === 'spare') await scheduleFull(org)
  const run = kind === 'round' ? org.round : org.sync
  if (trouble?.is === 'killed') {
    org.crash.beforeCommit(trouble.commit)
    await run().catch(() => null)
  } else if (trouble?.is === 'stopped') {
    const stop = new AbortController()
    let told = 0
    await run({ stop: stop.signal, onProgress: () => ++told === trouble.after && stop.abort() })
  } else {
    if (trouble?.is === 'fails')
      org.sim.fault({
        match: trouble.route,
        ...(trouble.how === 'limited' ? { status: 429, times: 2 } : CODES[trouble.how]),
      })
    await run()
  }
}

async function scheduleFull({ db }: RandomOrg): Promise<void> {
  await db.query(
    "update connections set state = 'ACTIVE', next_sync_at = now(), next_full_at = now() - interval '1 second'",
  )
  await enqueueDue(db, 1)
}

/** Rounds until one has begun after everything: the first may be a sync that was broken off, or a full one that waits. */
async function settle(org: RandomOrg): Promise<void> {
  let last: SyncResult
  do last = await org.round()
  while (last.resumed || (await wasFull(org, last)))
  expect(last.outcome, 'the last round').toBe('complete')
}

async function wasFull({ db }: RandomOrg, { job_id }: SyncResult): Promise<boolean> {
  const [job] = await db.query<{ mode: string }>('select mode from sync_jobs where id = $1', [job_id])
  return job?.mode === 'full'
}

/** Whether one of these changes leaves such a difference to the next full sync. */
function isUnseen(difference: string, made: readonly Change[]): boolean {
  const [stream] = difference.split(/[.:]/)
  return made.some(({ what, events }) => {
    const { unseen = [], unlogged = [] } = MUTATIONS[what] ?? {}
    return unseen.includes(difference) || (events === 'lost' && unlogged.includes(stream ?? ''))
  })
}
