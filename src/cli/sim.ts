import { type Command, Option } from 'commander'
import { AppError } from '../errors.ts'
import { collected, positive, wholeNumber } from './option-values.ts'
import type { Services, Start } from './services.ts'

interface SimOptions {
  readonly org: string
  readonly engine: string
  readonly users?: number
  readonly seed?: number
  readonly port?: number
  readonly limitScale?: number
  readonly serviceApp?: string
  readonly fault?: readonly string[]
  readonly listFaults?: boolean
}

export function addSim(program: Command, start: Start): void {
  program
    .command('sim')
    .summary('run a simulated Okta org')
    .description(
      'Serves a simulated Okta org on 127.0.0.1 until Ctrl-C. The first line on stdout is JSON with its origin and token, and its service app if it has one.',
    )
    .addOption(new Option('--org <size>', 'how big').choices(['small', 'r1', 'r2']).default('small'))
    .addOption(new Option('--engine <engine>', 'idx Identity Engine, v1 Classic').choices(['idx', 'v1']).default('idx'))
    .option('--users <number>', 'another number of users', wholeNumber(1, 10_000_000))
    .option('--seed <number>', 'another seed, another org', wholeNumber(0, 2 ** 31 - 1))
    .option('--port <port>', 'default: any free port', wholeNumber(0, 65_535))
    .option('--limit-scale <factor>', 'multiplies every rate limit', positive)
    .addOption(
      new Option('--service-app <kind>', 'with an OAuth service app, whose tokens are bound to a key or not').choices([
        'bearer',
        'dpop',
      ]),
    )
    .option('--fault <name>', 'trouble on the way; may be repeated', collected)
    .option('--list-faults', 'list the faults and what they do')
    .addHelpText('after', '\nExample:\n  rollcall sim --org r1 --fault first-page-500')
    .action((options: SimOptions) =>
      start(async (services) => (options.listFaults ? listFaults(services) : serve(services, options))),
    )
}

async function listFaults({ output }: Services): Promise<number> {
  const { listFaults } = await import('../../sim/index.ts')
  for (const { name, describe } of listFaults()) output.print(`${name}: ${describe}`)
  return 0
}

async function serve({ lifetime, output }: Services, options: SimOptions): Promise<number> {
  const [{ runSim }, { listFaults }] = await Promise.all([import('../../sim/cli.ts'), import('../../sim/index.ts')])
  const { fault: faults = [], listFaults: _, ...rest } = options
  const names = listFaults().map(({ name }) => name)
  const unknown = faults.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new AppError('usage_invalid', `There is no fault "${unknown}": rollcall sim --list-faults shows them.`)
  }
  const stoppable = lifetime.stoppable('Closing the simulated org.')
  try {
    await runSim({ ...rest, faults: [...faults] })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    throw new AppError('usage_invalid', `Port ${options.port} cannot be used (${code}): choose another --port.`)
  } finally {
    stoppable.end()
    await output.flush()
  }
  return 0
}
