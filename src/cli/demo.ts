import type { Command } from 'commander'
import { DEFAULT_SETTINGS } from '../sync/settings.ts'
import { briefMatrix, tally } from './matrix.ts'
import type { Services, Start, Target } from './services.ts'
import { showResult, syncWithProgress } from './sync.ts'

/** The same org on every run, so that the second run finds what the first one stored. */
const ORG = { org: 'small', seed: 20_260_105 } as const
/** Rate limits of an org that nobody has to wait for. */
const LIMIT_SCALE = 1_000

export function addDemo(program: Command, start: Start): void {
  program
    .command('demo')
    .summary('see it work on a simulated org')
    .description(
      'Starts a simulated Okta org, checks it, reads it into the database and shows what is there. Needs no Okta and no account, and sends nothing anywhere.',
    )
    .option('--once', 'end after the summary instead of keeping the simulated org running')
    .addHelpText('after', '\nExample:\n  npm run demo')
    .action((options: { once?: boolean }) => start((services) => demo(services, options.once ?? false)))
}

async function demo(services: Services, isOnce: boolean): Promise<number> {
  const { output, lifetime, config } = services
  const { paint } = output
  const { startSim } = await import('../../sim/index.ts')
  const sim = await startSim({ ...ORG, limitScale: LIMIT_SCALE })
  lifetime.defer(() => sim.close())
  const target: Target = {
    origin: sim.origin,
    token: services.cleanToken(sim.token),
    rateShare: config.rateShare,
    maxInFlight: config.maxInFlight,
    isInsecureAllowed: true,
  }

  output.print(paint('bold', `1. A simulated Okta org runs at ${sim.origin}`))
  const check = await services.check(target)
  output.print(paint('bold', `\n2. rollcall check: ${tally(check.rows)}`))
  for (const line of briefMatrix(check, paint)) output.print(line)

  output.print(paint('bold', '\n3. rollcall sync'))
  const result = await syncWithProgress(services, { target, settings: DEFAULT_SETTINGS, plain: false })
  showResult(services, result)
  if (result.outcome === 'failed') return 1

  output.print(paint('bold', '\n4. Look at it'))
  for (const line of whereToLook(services, result.connection_id)) output.print(line)
  if (!isOnce) await keepRunning(services, target)
  return 0
}

function whereToLook({ config }: Services, connectionId: string): string[] {
  const database = config.databaseUrl === null ? `the embedded PostgreSQL in ${config.dataDir}` : 'DATABASE_URL'
  return [
    `It is in ${database}.`,
    `  npm run -s rollcall -- export user --connection ${connectionId} | head -3`,
    `  npm run -s rollcall -- export group-membership --connection ${connectionId} --format csv`,
    `  npm run -s rollcall -- export log-event --connection ${connectionId} --raw | tail -1`,
    'Run this demo again to see that an unchanged org changes nothing. README.md says how to read your own org.',
  ]
}

async function keepRunning({ output, lifetime }: Services, { origin, token }: Target): Promise<void> {
  const stoppable = lifetime.stoppable('Closing the simulated org.')
  const lines = [
    output.paint('bold', '\nThe simulated org keeps running until Ctrl-C. In another terminal:'),
    `  export ROLLCALL_ALLOWED_INSECURE_ORIGINS=${origin} OKTA_API_TOKEN=${token}`,
    `  npm run -s rollcall -- check --domain ${origin}`,
    `  npm run -s rollcall -- sync --domain ${origin} --json`,
  ]
  for (const line of lines) output.print(line)
  if (!stoppable.signal.aborted) {
    await new Promise<void>((resolve) => stoppable.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  stoppable.end()
}
