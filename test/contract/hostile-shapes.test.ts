import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestOrg, type TestOrg } from '../harness/org.ts'

/** Small, seeded and plain: the same shapes on every run. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const ODD: readonly unknown[] = [
  null,
  undefined,
  '',
  ' ',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [null, [[]], { a: null }],
  'UNHEARD_OF',
  'nul\u0000 and half \ud83d of a pair',
  '=cmd()',
  '9999-99-99T99:99:99Z',
  '9'.repeat(5_000),
  { __proto__: null, constructor: 'x', toString: 1 },
]
/** Without these there is no record, no listing and no parent. */
const KEPT = new Set(['id', 'uuid', 'value'])

/** The value with some of its parts replaced by something of another type, or gone. */
function mangle(value: unknown, next: () => number, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => mangle(item, next, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (KEPT.has(key) && depth <= 1) return [key, mangle(inner, next, depth + 1)]
      return [key, next() < 0.2 ? ODD[Math.floor(next() * ODD.length)] : mangle(inner, next, depth + 1)]
    }),
  )
}

/** Listings whose parents are decided by fields that may now say anything. */
const DEPENDENT = ['group_memberships', 'factors', 'policy_mappings', 'user_roles', 'group_roles']

let org: TestOrg
beforeAll(async () => {
  org = await openTestOrg({ users: 20 })
})
afterAll(() => org.close())

describe('an org whose records have lost any of their shape', () => {
  it.each([1, 2, 3, 4, 5, 6])('is stored record by record (seed %i)', async (seed) => {
    const next = random(seed)
    const fault = org.sim.fault({ match: /^GET \/api\/v1\//, transform: (body) => mangle(body, next) })
    const { resources, error } = await org.sync()
    fault.remove()
    expect(error).toBeNull()
    const expected: Record<string, number> = { ...org.sim.org.expected() }
    for (const [name, { rows, rejected, outcome }] of Object.entries(resources)) {
      expect(rejected, `${name} rejected`).toBe(0)
      expect(outcome, name).toMatch(/^(complete|partial)$/)
      if (!DEPENDENT.includes(name) && name !== 'log_events') expect(rows, name).toBe(expected[name])
    }
  })

  it('is read right again once the shapes are back', async () => {
    const { resources } = await org.sync({ confirmDeletes: true, logDays: 30 })
    expect(Object.values(resources).map(({ outcome }) => outcome)).toEqual(Array(13).fill('complete'))
    const live = (await org.rows('user')).filter((row) => !row.is_deleted)
    expect(live).toHaveLength(org.sim.org.expected().users)
    expect(live.filter((row) => row.status === 'unknown')).toHaveLength(0)
  })
})
