import type { Command } from 'commander'
import { AppError } from '../errors.ts'
import { DEFAULT_SETTINGS } from '../sync/settings.ts'
import { type DemoConnection, openDemoConnection, pauseDemoConnection } from './demo-connection.ts'
import { briefMatrix, tally } from './matrix.ts'
import { DEFAULT_ADDRESS } from './serve.ts'
import type { Server, Services, Start, TokenTarget } from './services.ts'
import { showResult, syncWithProgress } from './sync.ts'

/** The same org on every run, so that the second run finds what the first one stored. */
const ORG = { org: 'small', seed: 20_260_105 } as const
/** As long as a day of looking around. */
const INVITE_SECS = 86_400
/** Rate limits of an org that nobody has to wait for. */
const LIMIT_SCALE = 1_000

export function addDemo(program: Command, start: Start): void {
  program
    .command('demo')
    .summary('see it work on a simulated org')
    .description(
      'Starts a simulated Okta org, checks it, reads it into the database and serves it over the API. Needs no Okta and no account, and sends nothing anywhere.',
    )
    .option('--once', 'end after one answer of the API instead of serving until Ctrl-C')
    .addHelpText('after', '\nExample:\n  npm run demo')
    .action((options: { once?: boolean }) => start((services) => demo(services, options.once ?? false)))
}

async function demo(services: Services, isOnce: boolean): Promise<number> {
  const { output } = services
  const { paint } = output
  // Beside DATABASE_URL it may be missing, which is better said before the show begins.
  await services.sealer()
  const target = await startOrg(services)

  output.print(paint('bold', `1. A simulated Okta org runs at ${target.origin}`))
  const check = await services.check(target)
  output.print(paint('bold', `\n2. rollcall check: ${tally(check.rows)}`))
  for (const line of briefMatrix(check, paint)) output.print(line)

  output.print(paint('bold', '\n3. rollcall sync'))
  const db = await services.openDb()
  const demo = await openDemoConnection(services, db, target, check)
  try {
    const result = await syncWithProgress(services, {
      target,
      connectionId: demo.connection.id,
      settings: DEFAULT_SETTINGS,
      plain: false,
    })
    showResult(services, result)
    if (result.outcome === 'failed') return 1
    if (isOnce) await showOnce(services, demo)
    else await serveOn(services, target, demo)
  } finally {
    await pauseDemoConnection(db, demo)
  }
  return 0
}

async function startOrg(services: Services): Promise<TokenTarget> {
  const { startSim } = await import('../../sim/index.ts')
  const sim = await startSim({ ...ORG, limitScale: LIMIT_SCALE })
  services.lifetime.defer(() => sim.close())
  services.allowInsecureOrigin(sim.origin)
  const { rateShare, maxInFlight } = services.config
  return { origin: sim.origin, token: services.cleanToken(sim.token), rateShare, maxInFlight }
}

/** One answer of the API. */
async function showOnce(services: Services, demo: DemoConnection): Promise<void> {
  const { output } = services
  const path = '/v1/idp/users?limit=1'
  const server = await services.startServer({ host: DEFAULT_ADDRESS.host, port: 0 })
  const answer = await ask(server, demo, path)
  await server.stop()
  output.print(output.paint('bold', `\n4. The API, asked for GET ${path}`))
  output.print(JSON.stringify(answer, null, 2))
  output.print('')
  for (const line of whereItIs(services, demo)) output.print(line)
  output.print('Without --once the demo serves until Ctrl-C.')
}

/** What the API answers, over HTTP as anybody would ask. */
async function ask({ url }: Server, { key, connection }: DemoConnection, path: string): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    headers: { 'x-api-key': key, 'x-connection-id': connection.id, connection: 'close' },
  })
  if (!answer.ok) throw new AppError('internal_error', `The API answered ${path} with ${answer.status}.`)
  return answer.json()
}

async function idsIn(server: Server, demo: DemoConnection, path: string): Promise<string[]> {
  const { items } = (await ask(server, demo, path)) as { items: { id: string }[] }
  return items.map(({ id }) => id)
}

/** Somebody whose applications are worth a look. */
async function findUserWithApplications(server: Server, demo: DemoConnection): Promise<string> {
  for (const application of await idsIn(server, demo, '/v1/idp/applications')) {
    const [user] = await idsIn(server, demo, `/v1/idp/applications/${application}/users?limit=1`)
    if (user !== undefined) return user
  }
  throw new AppError('internal_error', 'Nobody has an application.')
}

/** The API and the simulated org, until Ctrl-C. */
async function serveOn(services: Services, target: TokenTarget, demo: DemoConnection): Promise<void> {
  const { output, lifetime } = services
  const stoppable = lifetime.stoppable('Closing the API and the simulated org.')
  const server = await startServer(services)
  const worker = await services.startWorker({ capacity: 1 })
  output.print(output.paint('bold', `\n4. The dashboard is at ${server.url} until Ctrl-C. Sign in with this API key:`))
  output.print(`  ${demo.key}`)
  output.print(output.paint('bold', '\nConnect the org once more, as a customer’s admin would:'))
  for (const line of await invitation(server, target, demo)) output.print(line)
  output.print(output.paint('bold', '\nThe same over the API, in another terminal:'))
  for (const line of await requests(server, demo)) output.print(line)
  output.print(`Everything that it answers: ${server.url}/docs\n`)
  for (const line of whereItIs(services, demo)) output.print(line)
  output.print(output.paint('bold', '\nThe simulated org can be asked as well:'))
  for (const line of orgCommands(target)) output.print(line)
  await stoppable.stopped
  await Promise.all([server.stop(), worker.stop()])
}

/** The onboarding page, and what to enter there. */
async function invitation(
  server: Server,
  target: TokenTarget,
  { key, organizationId }: DemoConnection,
): Promise<string[]> {
  const path = `/v1/provisioning/organizations/${organizationId}/connection-invite-tokens`
  const answer = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ vendor: 'OKTA_IDP', expiry_secs: INVITE_SECS }),
  })
  if (!answer.ok) throw new AppError('internal_error', `The API answered ${path} with ${answer.status}.`)
  const { url } = (await answer.json()) as { url: string }
  return [`  ${url}`, `  Okta domain ${target.origin}, API token ${target.token}`]
}

/** At the usual address, or at any that is free. */
async function startServer(services: Services): Promise<Server> {
  try {
    return await services.startServer(DEFAULT_ADDRESS)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'port_taken') throw error
    services.output.note(`${error.message} Taking another port.`)
    return services.startServer({ ...DEFAULT_ADDRESS, port: 0 })
  }
}

async function requests(server: Server, demo: DemoConnection): Promise<string[]> {
  const { key, organizationId, connection } = demo
  const { url } = server
  const user = await findUserWithApplications(server, demo)
  const curl = 'curl -s -H "X-API-KEY: $KEY"'
  return [
    `  export KEY=${key} CONNECTION=${connection.id}`,
    `  ${curl} -H "X-CONNECTION-ID: $CONNECTION" '${url}/v1/idp/users?limit=2'`,
    `  ${curl} -H "X-CONNECTION-ID: $CONNECTION" '${url}/v1/idp/users/${user}/applications'`,
    `  ${curl} '${url}/v1/provisioning/organizations/${organizationId}/connections/${connection.id}'`,
  ]
}

function whereItIs({ config }: Services, { connection }: DemoConnection): string[] {
  const database = config.databaseUrl === null ? `the embedded PostgreSQL in ${config.dataDir}` : 'DATABASE_URL'
  return [
    `All of it is in ${database}.`,
    `  npm run -s rollcall -- export user --connection ${connection.id} | head -3`,
    `  npm run -s rollcall -- export group-membership --connection ${connection.id} --format csv`,
    'Run this demo again to see that an unchanged org changes nothing. README.md says how to read your own org.',
  ]
}

function orgCommands({ origin, token }: TokenTarget): string[] {
  return [
    `  export ROLLCALL_ALLOWED_INSECURE_ORIGINS=${origin} OKTA_API_TOKEN=${token}`,
    `  npm run -s rollcall -- check --domain ${origin}`,
    `  npm run -s rollcall -- sync --domain ${origin} --json`,
  ]
}
