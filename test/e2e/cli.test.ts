import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sim, startSim } from '../../sim/index.ts'
import { ENTITIES } from '../../src/model/index.ts'
import { type FreshDatabase, freshDatabase } from '../harness/database.ts'
import { expectRefusal, rollcall, shell } from './rollcall.ts'

let sim: Sim
let database: FreshDatabase
let env: Record<string, string>

beforeAll(async () => {
  ;[sim, database] = await Promise.all([startSim({ limitScale: 1_000 }), freshDatabase()])
  env = {
    DATABASE_URL: database.url,
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: sim.origin,
    OKTA_API_TOKEN: sim.token,
  }
})

afterAll(async () => {
  await sim.close()
  await database.drop()
})

describe('check', () => {
  test('shows what a super administrator may read and exits 0', async () => {
    const { code, stdout, stderr } = await rollcall(['check', '--domain', sim.origin], env)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/✓ {2}List Users +users +okta\.users\.read +ok/)
    expect(stdout).toContain('Everything can be read.')
    expect(code).toBe(0)
  })

  test('--json prints one object, and exits 2 where something cannot be read', async () => {
    const token = sim.addToken({ name: 'reader', permissions: 'read_only' })
    const { code, stdout } = await rollcall(['check', '--domain', sim.origin, '--json'], {
      ...env,
      OKTA_API_TOKEN: token,
    })
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ origin: sim.origin, verdict: 'incomplete', org: { engine: 'idx' } })
    expect(result.rows.some((row: { outcome: string }) => row.outcome === 'not_permitted')).toBe(true)
    expect(code).toBe(2)
  })

  test('exits 1 when the token is refused, and says what to do', async () => {
    const token = sim.addToken({ name: 'old', expired: true })
    const { code, stdout } = await rollcall(['check', '--domain', sim.origin], { ...env, OKTA_API_TOKEN: token })
    expect(stdout).toContain('Create a new token in Okta')
    expect(stdout).toContain('A sync would not work.')
    expect(code).toBe(1)
  })
})

describe('sync', () => {
  test('--plan says what a first sync would take of each limit, and stores nothing', async () => {
    const { code, stdout } = await rollcall(['sync', '--domain', sim.origin, '--plan'], env)
    expect(stdout).toMatch(/^\/api\/v1\/users +1\d\d +\d+ s$/m)
    expect(stdout).toMatch(/^It takes about \d+ requests, about \d+ s at 90 % of your limits\.$/m)
    expect(code).toBe(0)
  })

  test('--json prints the result and nothing else; progress is plain lines on stderr', async () => {
    const { code, stdout, stderr } = await rollcall(['sync', '--domain', sim.origin, '--json'], env)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    const result = JSON.parse(stdout)
    const { users, groups, group_memberships, factors, policy_rules } = sim.org.expected()
    expect(result).toMatchObject({
      outcome: 'complete',
      resumed: false,
      error: null,
      resources: {
        users: { outcome: 'complete', rows: users, created: users },
        groups: { rows: groups },
        group_memberships: { rows: group_memberships },
        factors: { rows: factors },
        policy_rules: { rows: policy_rules },
      },
    })
    expect(stderr).toContain(`users: complete, ${users} rows`)
    expect(stderr).toMatch(/^Plan: about \d+ requests \(users 1\d\d, /m)
    expect(Math.abs(result.estimate_error)).toBeLessThan(0.1)
    expect(result.plan.buckets['/api/v1/logs']).toMatchObject({ requests: 2, spent: 2 })
    expect(stderr).not.toContain('\x1b')
    expect(code).toBe(0)
  })

  test('--incremental reads what has changed since, for a handful of requests', async () => {
    const user = sim.org.userId(30)
    sim.org.updateUser(user, { profile: { title: 'Changed' } })
    const { code, stdout } = await rollcall(['sync', '--domain', sim.origin, '--incremental', '--json'], env)
    const result = JSON.parse(stdout)
    expect(result).toMatchObject({ outcome: 'complete', resources: { users: { changed: 1, deleted: 0 } } })
    expect(result.requests).toBeLessThan(20)
    expect(code).toBe(0)
  })

  test('--plan --json of an org that was synced asks nothing', async () => {
    sim.resetCounts()
    const { code, stdout } = await rollcall(['sync', '--domain', sim.origin, '--plan', '--json'], env)
    expect(JSON.parse(stdout)).toMatchObject({ at_least: false, resources: { policies: 13 } })
    expect(sim.counts.total).toBe(0)
    expect(code).toBe(0)
  })

  test('of an unchanged org changes nothing, and shows it as a table', async () => {
    const { code, stdout } = await rollcall(['sync', '--domain', sim.origin, '--log-level', 'info'], env)
    expect(stdout).toMatch(/✓ {2}users +complete +132 +0 +0 +0/)
    expect(stdout).toContain('Nothing changed since the last sync.')
    expect(stdout).toMatch(/ requests, planned \d+ \(\d\.\d % off\)/)
    expect(code).toBe(0)
  })

  test('exits 2 where something could not be read, and says what would help', async () => {
    const token = sim.addToken({ name: 'reader too', permissions: 'read_only' })
    const { code, stdout } = await rollcall(['sync', '--domain', sim.origin], { ...env, OKTA_API_TOKEN: token })
    expect(stdout).toMatch(/! {2}user_roles +not permitted/)
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      "Give the token's owner a role that may read this, or the service app the role and the scope.",
    )
    expect(code).toBe(2)
  })

  test('exits 1 when the token is refused', async () => {
    const token = sim.addToken({ name: 'older', expired: true })
    const ended = await rollcall(['sync', '--domain', sim.origin], { ...env, OKTA_API_TOKEN: token })
    expectRefusal(ended, 'Create a new token in Okta')
  })
})

describe('export', () => {
  test('jsonl has a line for each record, with the raw JSON on request', async () => {
    const { code, stdout, stderr } = await rollcall(['export', 'user', '--raw'], env)
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows).toHaveLength(sim.org.expected().users)
    for (const row of rows) expect(row.raw.id).toBe(row.vendor_id)
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  test('csv has a header and CRLF line ends', async () => {
    const { stdout } = await rollcall(['export', 'group-membership', '--format', 'csv'], env)
    const lines = stdout.split('\r\n')
    expect(lines[0]).toBe(ENTITIES.find(({ name }) => name === 'group-membership')?.columns.join(','))
    expect(lines).toHaveLength(sim.org.expected().group_memberships + 2)
  })

  test('a reader who has seen enough is no error', async () => {
    const { stdout, stderr } = await shell('{ $ROLLCALL export log-event --raw; echo "exit $?" >&2; } | head -1', env)
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toBe('exit 0\n')
  })

  test('a full disk is one', async () => {
    expectRefusal(await shell('$ROLLCALL export user > /dev/full', env), 'The disk that the output goes to is full.')
  })

  test('an unknown entity is answered with those there are', async () => {
    const ended = await rollcall(['export', 'users'], env)
    expectRefusal(ended, 'There is no entity "users". Entities: user, group, group-membership, application')
  })

  test('an unknown connection is answered with those there are', async () => {
    const ended = await rollcall(['export', 'user', '--connection', 'nope'], env)
    expectRefusal(ended, 'There is no connection nope.')
    expect(ended.stderr).toContain(sim.origin)
  })
})
