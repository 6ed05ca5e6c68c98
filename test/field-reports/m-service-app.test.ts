import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Fault, SimCall, SimServiceApp } from '../../sim/index.ts'
import { openSession } from '../../src/connectors/okta/client/session.ts'
import { okta, preflight } from '../../src/connectors/okta/index.ts'
import { parseServiceApp } from '../../src/connectors/okta/service-app.ts'
import type { Log } from '../../src/log.ts'
import { createSealer } from '../../src/seal.ts'
import { secretsOf } from '../../src/sign-in.ts'
import { readCredentials, resealCredentials, saveCredentials } from '../../src/store/credentials.ts'
import { runJob } from '../../src/sync/run-job.ts'
import { DEFAULT_SETTINGS } from '../../src/sync/settings.ts'
import { openTestOrg, type TestOrg } from '../harness/org.ts'
import { clientOf } from './calls.ts'
import { jsonOf, rollcall } from './cli.ts'

/** The key of a service app, its assertions, its access tokens and its proofs stay out of everything, as tokens do. */

let org: TestOrg
let app: SimServiceApp
let folder: string
beforeAll(async () => {
  org = await openTestOrg({ users: 12, limitScale: Number.POSITIVE_INFINITY })
  app = org.sim.addServiceApp({ dpop: true })
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-key-'))
})
afterEach(() => org.sim.clearFaults())
afterAll(async () => {
  await rm(folder, { recursive: true })
  await org.close()
})

/** What every JWT begins with, the simulated org's access tokens included. */
const JWT = /eyJ[\w-]{10}/

/** What the request was signed with, in an answer of every kind. */
const echo = ({ headers, text }: SimCall) =>
  `${headers.authorization} ${headers.dpop} ${new URLSearchParams(text).get('client_assertion')}`
const ECHOES: readonly Fault[] = [
  {
    match: 'POST /oauth2/v1/token',
    times: 2,
    status: 503,
    transform: (_, call) => ({ error: 'server_error', error_description: echo(call) }),
  },
  { match: 'GET /api/v1/apps/{id}/users', status: 400, transform: (_, call) => ({ errorSummary: echo(call) }) },
  {
    match: 'GET /api/v1/groups/{id}/roles',
    status: 404,
    html: true,
    transform: (_, call) => `<html>${echo(call)}</html>`,
  },
  {
    match: 'GET /api/v1/policies',
    status: 403,
    transform: (_, call) => ({ errorCode: 'E0000006', errorSummary: echo(call) }),
  },
  { match: 'GET /api/v1/users/{id}/factors', transform: (_, call) => [{ errorSummary: echo(call) }] },
]

function expectNothingIn(text: string): void {
  for (const secret of secretsOf({ serviceApp: parseServiceApp(app) })) expect(text).not.toContain(secret)
  expect(text).not.toMatch(JWT)
}

describe('the secrets of a service app', () => {
  it('B158, and those of a service app are in no log line, result, error, check or table, whatever echoes them', async () => {
    const faults = ECHOES.map((fault) => org.sim.fault(fault))
    const lines: unknown[] = []
    const note = (fields: object, message: string) => void lines.push([fields, message])
    const log: Log = { error: note, warn: note, info: note, debug: note }
    const { sim, db, clock } = org
    const serviceApp = parseServiceApp(app)
    const session = openSession({ origin: sim.origin, serviceApp, clock, log, allowedInsecureOrigins: [sim.origin] })
    const connection = await org.connection()
    const result = await runJob({ db, clock, log, connector: okta, session, connection, settings: DEFAULT_SETTINGS })
    const found = await preflight({ client: clientOf(session), origin: sim.origin })
    sim.fault({
      match: 'POST /oauth2/v1/token',
      status: 401,
      transform: (_, call) => ({ error: 'invalid_client', error_description: echo(call) }),
    })
    app.revokeTokens()
    const thrown = await clientOf(session)
      .get('/api/v1/users/me')
      .catch((error: unknown) => error)
    await session.close()
    expect(faults.map(({ hits }) => hits > 0)).toEqual(faults.map(() => true))
    expect(thrown).toMatchObject({ code: 'okta_client_rejected' })
    expect(lines.length).toBeGreaterThan(50)
    expectNothingIn(inspect([lines, result, found, thrown, session], { depth: 12, showHidden: true }))
    const tables = await db.query<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = 'public'",
    )
    for (const { name } of tables) {
      const rows = await db.query<{ text: string }>(`select t::text as text from "${name}" t`)
      expectNothingIn(rows.map(({ text }) => text).join('\n'))
    }
  })

  it('B158, and the key is stored sealed, tied to its connection, and opens again as it was, with the next key too', async () => {
    const sealer = createSealer(() => [Buffer.alloc(32, 7)])
    const { id } = await org.connection()
    const serviceApp = parseServiceApp(app)
    await org.db.transaction((tx) => saveCredentials(tx, sealer, id, { serviceApp }))
    expect(await readCredentials(org.db, sealer, id)).toEqual({ serviceApp })
    const [row] = await org.db.query<{ client_id: string; text: string }>(
      'select client_id, c::text as text from connection_credentials c',
    )
    expect(row?.client_id).toBe(app.clientId)
    expectNothingIn(row?.text ?? '')
    const another = Buffer.alloc(32, 8)
    expect(
      await resealCredentials(
        org.db,
        createSealer(() => [another, Buffer.alloc(32, 7)]),
      ),
    ).toBe(1)
    const rotated = createSealer(() => [another])
    expect(await readCredentials(org.db, rotated, id)).toEqual({ serviceApp })
  })

  it('B158, and the commands take the key from a file or the environment, and show nothing of it', async () => {
    const file = path.join(folder, 'key.json')
    await writeFile(file, app.privateKey)
    const env = {
      ROLLCALL_ALLOWED_INSECURE_ORIGINS: org.sim.origin,
      DATABASE_URL: org.databaseUrl,
      ROLLCALL_LOG: 'debug',
    }
    const domain = ['--domain', org.sim.origin]
    const client = ['--client-id', app.clientId]
    const fromEnvironment = { OKTA_CLIENT_ID: app.clientId, OKTA_PRIVATE_KEY: app.privateKey.replaceAll(',', ',\\n') }
    const runs = await Promise.all([
      rollcall(['check', ...domain, ...client, '--private-key-file', file, '--json'], env),
      rollcall(['sync', ...domain, '--json'], { ...env, ...fromEnvironment }),
    ])
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    const [checked, synced] = runs
    expect(checked && jsonOf(checked)).toMatchObject({ verdict: 'ok', owner: null })
    expect(synced && jsonOf(synced)).toMatchObject({ outcome: 'complete' })
    expect(synced?.stderr).toContain('okta request')
    for (const { stdout, stderr } of runs) expectNothingIn(`${stdout}${stderr}`)
  })
})
