import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault, SimCall } from '../../sim/index.ts'
import { openSession } from '../../src/connectors/okta/client/session.ts'
import { okta, preflight } from '../../src/connectors/okta/index.ts'
import type { Log } from '../../src/log.ts'
import { runJob } from '../../src/sync/run-job.ts'
import { DEFAULT_SETTINGS } from '../../src/sync/settings.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { clientOf } from './calls.ts'
import { rollcall } from './cli.ts'

/** The token and people's data stay out of everything that is shown, logged, thrown or kept. */

const CANARY = 'canary-of-a-profile'

let org: TestOrg

beforeAll(async () => {
  org = await openTestOrg({ users: 12 })
  const profile = { firstName: CANARY, nickName: CANARY, email: `${CANARY}@acme.test` }
  org.sim.org.addUser({ login: `${CANARY}@acme.test`, profile })
})
afterEach(() => org.sim.clearFaults())
afterAll(() => org.close())

const echo = (call: SimCall) =>
  `Request with Authorization: ${call.headers.authorization} for ${CANARY}@acme.test failed`
const asError = (errorCode: string) => (_: unknown, call: SimCall) => ({
  errorCode,
  errorSummary: echo(call),
  errorId: call.headers.authorization,
  errorCauses: [{ errorSummary: echo(call), reason: call.headers.authorization }],
})

/** Every way in which an answer may repeat what it was asked with. */
const ECHOES: readonly Fault[] = [
  { match: 'GET /api/v1/apps', status: 500, times: 2, transform: asError('E0000009') },
  { match: 'GET /api/v1/apps/{id}/users', status: 400, transform: asError('E0000001') },
  { match: 'GET /api/v1/apps/{id}/groups', status: 403, transform: asError('E0000006') },
  { match: 'GET /api/v1/groups/{id}/users', status: 404, transform: asError('E0000007') },
  {
    match: 'GET /api/v1/groups/{id}/roles',
    status: 404,
    html: true,
    transform: (_, call) => `<html>${echo(call)}</html>`,
  },
  {
    match: 'GET /api/v1/policies',
    status: 400,
    transform: (_, { headers }) => ({ errorCode: headers.authorization?.split(' ')[1], errorSummary: 'No.' }),
  },
  {
    match: 'GET /api/v1/iam/assignees/users',
    status: 502,
    transform: (_, call) => ({ error: call.headers.authorization?.slice(5), error_description: echo(call) }),
  },
  { match: 'GET /api/v1/users/{id}/factors', transform: (_, call) => [{ errorSummary: echo(call) }] },
  { match: 'GET /api/v1/logs', status: 200, transform: (_, call) => echo(call) },
]

/** The token in the headers of every answer as well. */
function echoInHeaders(): Fault {
  return {
    match: '*',
    headers: { 'X-Okta-Request-Id': org.sim.token, Location: `https://${org.sim.token}.acme.test/` },
  }
}

interface Line {
  readonly level: string
  readonly fields: object
  readonly message: string
}

function listen(): { log: Log; lines: Line[] } {
  const lines: Line[] = []
  const at = (level: string) => (fields: object, message: string) => void lines.push({ level, fields, message })
  return { lines, log: { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') } }
}

const openLoud = (log: Log) =>
  openSession({
    origin: org.sim.origin,
    token: org.sim.token,
    clock: org.clock,
    log,
    allowedInsecureOrigins: [org.sim.origin],
  })

async function loudSync(log: Log) {
  const session = openLoud(log)
  const { db, clock } = org
  try {
    const connection = await org.connection()
    return await runJob({ db, clock, log, connector: okta, session, connection, settings: DEFAULT_SETTINGS })
  } finally {
    await session.close()
  }
}

/** Everything that the database holds, as text, table by table. */
async function databaseText(): Promise<Map<string, string>> {
  const tables = await org.db.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  )
  const texts = new Map<string, string>()
  for (const { name } of tables) {
    const rows = await org.db.query<{ text: string }>(`select t::text as text from "${name}" t`)
    texts.set(name, rows.map(({ text }) => text).join('\n'))
  }
  return texts
}

describe('the token', () => {
  it('B158: is in no log line, result, error or table, whatever echoes it', async () => {
    const faults = [...ECHOES, echoInHeaders()].map((fault) => org.sim.fault(fault))
    const { log, lines } = listen()
    const result = await loudSync(log)
    expect(faults.map(({ hits }) => hits > 0)).toEqual(faults.map(() => true))
    expect(lines.filter(({ level }) => level === 'debug').length).toBeGreaterThan(50)
    expect(Object.values(result.resources).filter(({ reason }) => reason !== null).length).toBeGreaterThan(5)
    const shown = `${JSON.stringify(lines)}\n${JSON.stringify(result)}`
    expect(shown).not.toContain(org.sim.token)
    expect(shown).not.toContain(CANARY)
    const tables = await databaseText()
    expect(tables.get('users')).toContain(CANARY)
    expect(tables.get('rejected_records')).toContain('errorSummary')
    for (const [name, text] of tables) expect(text.includes(org.sim.token), name).toBe(false)
  })

  it('B158, and neither is it in what is thrown, however deep one looks', async () => {
    org.sim.fault(echoInHeaders())
    const { log, lines } = listen()
    const session = openLoud(log)
    const thrown: unknown[] = []
    for (const status of [302, 400, 401, 403, 404, 410, 418, 429, 500, 503]) {
      const fault = org.sim.fault({ match: 'GET /api/v1/groups', status, times: 8, transform: asError('E0000001') })
      await clientOf(session)
        .list('/api/v1/groups', { cursor: null })
        .catch((error: unknown) => thrown.push(error))
      fault.remove()
    }
    await session.close()
    expect(thrown.length).toBeGreaterThan(7)
    const text = inspect([thrown, session, lines], { depth: 12, showHidden: true })
    expect(text).not.toContain(org.sim.token)
    expect(text).not.toContain(CANARY)
  })

  it('B158, and not in a check, and not by an errorCode, a cursor or a host that repeats it', async () => {
    for (const fault of [...ECHOES, echoInHeaders()]) org.sim.fault(fault)
    org.sim.fault({
      match: 'GET /api/v1/users',
      links: (_, call) => [
        `<${call.origin}/api/v1/users?after=${call.headers.authorization?.split(' ')[1]}>; rel="next"`,
      ],
    })
    const { log, lines } = listen()
    const session = openLoud(log)
    const found = await preflight({ client: clientOf(session), origin: org.sim.origin })
    const page = await clientOf(session).list('/api/v1/users', { query: { limit: 5 }, cursor: null })
    await session.close()
    expect(page.next).toContain('after=')
    expect(JSON.stringify([found, lines, page])).not.toContain(org.sim.token)
    expect(JSON.stringify([found.rows, lines])).not.toContain(CANARY)
  })

  it('B158, and the commands say nothing of it at any log level, on stdout or stderr', async () => {
    const quick = ECHOES.filter(({ status = 200 }) => [400, 403, 404].includes(status))
    for (const fault of [...quick, echoInHeaders()]) org.sim.fault(fault)
    const env = {
      OKTA_API_TOKEN: `SSWS ${org.sim.token}`,
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin,
      DATABASE_URL: org.databaseUrl,
      ROLLCALL_LOG: 'debug',
    }
    const runs = await Promise.all([
      rollcall(['check', '--domain', org.sim.origin], env),
      rollcall(['sync', '--domain', org.sim.origin, '--json', '--log-level', 'debug'], env),
      rollcall(['sync', '--token', org.sim.token, '--domain', org.sim.origin, '--json'], env),
      rollcall(['sync', `--tokne=${org.sim.token}`, '--domain', org.sim.origin], env),
    ])
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 1, 1])
    for (const { stdout, stderr } of runs) expect(`${stdout}${stderr}`).not.toContain(org.sim.token)
    const [, synced] = runs
    expect(synced?.stderr).toContain('okta request')
    expect(`${synced?.stdout}${synced?.stderr}`).not.toContain(CANARY)
  })
})
