import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Permission } from '../../sim/index.ts'
import { okta } from '../../src/connectors/okta/index.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

const SCOPES = [...new Set(okta.streams.flatMap((stream) => stream.scopes))] as Permission[]

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg()
})
afterAll(() => org.close())

/** A stream with the streams it is listed by. */
function withParents(name: string): string[] {
  const stream = okta.streams.find((one) => one.name === name)
  const parents = stream?.parents?.from === 'stream' ? withParents(stream.parents.stream) : []
  return [...parents, name]
}

describe.each(okta.streams.map((stream) => [stream.name, stream] as const))('stream %s', (name, stream) => {
  it('stores every record of the simulated org, each once, without a reject', async () => {
    const result = await org.sync({ streams: withParents(name), fresh: true })
    const expected = org.sim.org.expected()
    expect(result.resources[name]).toMatchObject({ outcome: 'complete', rejected: 0 })
    const rows = await org.db.query<{ vendor_id: string }>(
      `select vendor_id from ${stream.entity.table} where stream = $1 and not is_deleted`,
      [name],
    )
    expect(rows).toHaveLength(expected[name as keyof typeof expected])
    expect(new Set(rows.map(({ vendor_id }) => vendor_id)).size).toBe(rows.length)
  })

  it('draws on the rate limits that it declares, and on no other', async () => {
    const [step] = await org.db.query<{ buckets: Record<string, number>; requests: number }>(
      `select s.buckets, s.requests from sync_steps s join sync_jobs j on j.id = s.job_id
        where s.stream = $1 and s.outcome = 'complete' order by j.created_at desc limit 1`,
      [name],
    )
    const declared = [stream.bucket, ...(stream.parents?.from === 'listing' ? [stream.parents.bucket] : [])]
    // Where a group gives a role, its targets are asked of the group.
    const further = name === 'user_roles' ? ['/api/v1/groups'] : []
    expect(Object.keys(step?.buckets ?? {}).sort()).toEqual([...declared, ...further].sort())
    expect(Object.values(step?.buckets ?? {}).reduce((sum, count) => sum + count, 0)).toBe(step?.requests)
  })

  it('needs the scopes that it and its parents declare, and no other', async () => {
    const streams = withParents(name)
    const declared = streams.flatMap((one) => okta.streams.find((other) => other.name === one)?.scopes ?? [])
    const token = org.sim.addToken({ name: `only ${name}`, permissions: declared as Permission[] })
    const result = await org.sync({ token, streams, fresh: true })
    expect(result.resources[name]).toMatchObject({ outcome: 'complete' })
  })

  it('says that it is not permitted when its own scope is missing', async () => {
    const others = SCOPES.filter((scope) => !stream.scopes.includes(scope))
    const token = org.sim.addToken({ name: `all but ${name}`, permissions: others })
    const result = await org.sync({ token, streams: withParents(name), fresh: true })
    expect(result.resources[name]?.outcome).toBe('not_permitted')
    expect(result.resources[name]?.deleted).toBe(0)
  })

  it('ends at once when its job is aborted', async () => {
    const stop = new AbortController()
    stop.abort()
    org.sim.resetCounts()
    const result = await org.sync({ streams: withParents(name), stop: stop.signal, fresh: true })
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'job_interrupted' } })
    expect(org.sim.counts.total).toBe(0)
  })
})
