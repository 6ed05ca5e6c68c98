import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWatched, type Watched } from './watched.ts'

/** A System Log that has nothing new, or of which nothing new is read. */

let watched: Watched
beforeAll(async () => {
  watched = await openWatched()
  const { clock, sim } = watched.api.org
  // A worker's time is the machine's.
  clock.advance(Date.now() - clock.now())
  sim.org.updateUser(sim.org.ownerId, { profile: { title: 'Engineer' } })
  await watched.sync('connect')
  expect(await watched.api.org.rows('log-event')).not.toEqual([])
})
afterAll(() => watched.api.close())

/**
 * A log with an event at each of these hours before the newest one, which was this many hours old when the log was last
 * read, a minute ago.
 */
async function log({
  silentHours,
  hours,
  knownDays,
}: {
  silentHours: number
  hours: readonly number[]
  knownDays: number
}) {
  const { db } = watched.api.org
  const ages = [0, ...hours].map((hour) => hour + silentHours)
  await db.query('delete from log_events where id <> (select id from log_events limit 1)')
  await db.query(
    `with one as (delete from log_events returning *)
     insert into log_events select (jsonb_populate_record(null::log_events, to_jsonb(one) || jsonb_build_object(
         'id', gen_random_uuid(), 'vendor_id', place, 'published_at', now() - make_interval(mins => 1 + (age * 60)::int)))).*
       from one, unnest($1::float8[]) with ordinality a (age, place)`,
    [ages],
  )
  await db.query("update sync_steps set ended_at = now() - interval '1 minute' where stream = 'log_events'")
  await db.query('update connections set log_polled_at = null, log_since = now() - make_interval(days => $1)', [
    knownDays,
  ])
}
/** Every so many hours, for eight days. */
const every = (hours: number) => Array.from({ length: Math.ceil(200 / hours) }, (_, index) => (index + 1) * hours)

describe('a log that is silent', () => {
  it('B127: is shown as no events, with the time of the last poll, and never as a failure', async () => {
    await log({ silentHours: 26, hours: [], knownDays: 3 })
    const { health } = await watched.look()
    expect(health).toMatchObject({ name: 'HEALTHY', next_action: null })
    const warning = health?.warnings.find(({ code }) => code === 'log_silent')
    expect(warning).toMatchObject({
      is_urgent: false,
      message: expect.stringMatching(
        /^No events in the System Log for 26 hours, which is longer than usual\. It was last read on .* UTC, without an error\.$/,
      ),
    })
    expect(Date.parse(warning?.checked_at ?? '')).toBeGreaterThan(Date.now() - 120_000)
    expect(Date.parse(warning?.since ?? '')).toBeLessThan(Date.now() - 26 * 3_600_000)
  })

  it.each([
    ['less than a day, where too little of it is known', { silentHours: 23, hours: every(1), knownDays: 5 }, false],
    ['a few hours, where it never was', { silentHours: 5, hours: every(2), knownDays: 8 }, true],
    ['half a day, as every night', { silentHours: 12, hours: every(12), knownDays: 8 }, false],
    ['a weekend, as every weekend', { silentHours: 60, hours: [1, 9, 17, 25, 85, 93, 101], knownDays: 20 }, false],
    ['longer than any weekend', { silentHours: 80, hours: [1, 9, 17, 25, 85, 93, 101], knownDays: 20 }, true],
  ])('B127, and one for %s, is told where that is unusual', async (_, given, isTold) => {
    await log(given)
    expect((await watched.warning('log_silent')) !== undefined).toBe(isTold)
  })

  it('B127, but not where the log was not read since: then there is no saying', async () => {
    await log({ silentHours: 26, hours: [], knownDays: 3 })
    await watched.api.org.db.query("update sync_steps set outcome = 'failed' where stream = 'log_events'")
    expect(await watched.warning('log_silent')).toBeUndefined()
  })
})
