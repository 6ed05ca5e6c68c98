import { reportFailure } from './cli/failure.ts'
import { Lifetime } from './cli/lifetime.ts'
import { Output } from './cli/output.ts'
import { runProgram } from './cli/program.ts'
import { Secrets } from './cli/redact.ts'
import { Composition } from './compose/composition.ts'
import { readConfig } from './config.ts'
import { toAppError } from './errors.ts'

/** Beside the token and the database's password, which have forms of their own. */
const SECRET_SETTINGS = ['ROLLCALL_ENCRYPTION_KEY', 'ROLLCALL_PREVIOUS_ENCRYPTION_KEYS', 'ROLLCALL_METRICS_TOKEN']
/** Longer than anything that may rightly keep the process up after its work is done. */
const LAST_RESORT_MS = 1_000

/**
 * Runs the command that the arguments name and leaves its exit code to the process. What commands work with is put
 * together in `compose/`.
 */
export async function main(args: readonly string[]): Promise<void> {
  const output = new Output(process)
  const lifetime = new Lifetime(output)
  const secrets = new Secrets()
  secrets.add(process.env.OKTA_API_TOKEN)
  secrets.addUrl(process.env.DATABASE_URL)
  for (const name of SECRET_SETTINGS)
    for (const secret of process.env[name]?.split(',') ?? []) secrets.add(secret.trim())
  let isDebug = process.env.ROLLCALL_LOG === 'debug'
  const report = (thrown: unknown) => {
    if (lifetime.isHurried) return
    output.live?.close()
    reportFailure(toAppError(thrown), { output, secrets, isJson: args.includes('--json'), isDebug })
  }
  const onUnexpected = (thrown: unknown) => {
    report(thrown)
    void lifetime.hurry(1)
  }
  process.on('uncaughtException', onUnexpected)
  process.on('unhandledRejection', onUnexpected)

  try {
    process.exitCode = await runProgram(args, output, ({ logLevel }) => {
      const { config, warnings } = readConfig({ ...process.env, ...(logLevel && { ROLLCALL_LOG: logLevel }) })
      isDebug = config.logLevel === 'debug'
      for (const warning of warnings) output.note(warning)
      return new Composition(config, output, lifetime, secrets).services()
    })
  } catch (thrown) {
    process.exitCode = 1
    report(thrown)
  }
  for (const failure of await lifetime.end()) report(failure)
  await output.flush().catch((failure: unknown) => {
    process.exitCode = 1
    report(failure)
  })
  setTimeout(() => process.exit(), LAST_RESORT_MS).unref()
}
