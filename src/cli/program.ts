import { Command, CommanderError, Option } from 'commander'
import { AppError } from '../errors.ts'
import { LOG_LEVELS, type LogLevel } from '../log.ts'
import { addCheck } from './check.ts'
import { addDemo } from './demo.ts'
import { addExport } from './export.ts'
import { addKeys } from './keys.ts'
import type { Output } from './output.ts'
import { readVersion } from './package.ts'
import { addRotateEncryptionKey } from './rotate-encryption-key.ts'
import { addServe } from './serve.ts'
import type { Services, Work } from './services.ts'
import { addSim } from './sim.ts'
import { addSync } from './sync.ts'
import { addWork } from './work.ts'

const SETTINGS = `
Settings (environment):
  OKTA_API_TOKEN     the API token; never an argument
  DATABASE_URL       a PostgreSQL 15+ server; without it an embedded one is used
  ROLLCALL_DATA_DIR  where the embedded database lives; without it the usual place for data of the system:
                     $XDG_DATA_HOME/rollcall or ~/.local/share/rollcall, as root /var/lib/rollcall,
                     on macOS ~/Library/Application Support/rollcall
  ROLLCALL_LOG       like --log-level
  ROLLCALL_RATE_SHARE, ROLLCALL_MAX_IN_FLIGHT
                     like the options of check and sync
  ROLLCALL_ALLOWED_INSECURE_ORIGINS
                     simulated orgs that may be read without https: http://127.0.0.1:PORT, separated by commas
  ROLLCALL_ENCRYPTION_KEY
                     seals stored credentials: 32 bytes in base64 (openssl rand -base64 32); needed with DATABASE_URL,
                     else made in the data folder, in encryption.key
  ROLLCALL_PREVIOUS_ENCRYPTION_KEYS
                     keys that still open what they sealed, separated by commas, while the key is rotated
  ROLLCALL_PUBLIC_URL
                     where people reach the server, such as https://rollcall.example.com
  ROLLCALL_API_RATE_LIMIT
                     requests a minute that each API key may make, 0 for any number (default 6000)
  ROLLCALL_METRICS_TOKEN
                     bearer token that /metrics asks for; without it /metrics answers this machine only
  NO_COLOR           no colors

Example:
  npm run demo`

/** In the order of --help. */
const COMMANDS = [
  addDemo,
  addServe,
  addWork,
  addKeys,
  addRotateEncryptionKey,
  addCheck,
  addSync,
  addExport,
  addSim,
] as const

export interface GlobalOptions {
  readonly logLevel?: LogLevel
}

/**
 * Runs the command that the arguments name; resolves to the exit code. `open` makes what a command works with: only
 * once there is a command to run, so that --help needs no valid settings.
 * @throws AppError
 */
export async function runProgram(
  args: readonly string[],
  output: Output,
  open: (options: GlobalOptions) => Services,
): Promise<number> {
  let exitCode = 0
  const program = buildProgram(output, async (work) => {
    exitCode = await work(open(program.opts<GlobalOptions>()))
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return 0
    // Called without a command: the help was shown in place of an error.
    if (error.code === 'commander.help') return 1
    throw new AppError('usage_invalid', sentence(error.message))
  }
  return exitCode
}

function buildProgram(output: Output, start: (work: Work) => Promise<void>): Command {
  const program = new Command('rollcall')
    .description(
      'Reads whole Okta orgs into PostgreSQL, within their rate limits, says what it could not read, and serves it all over an API.',
    )
    .version(readVersion(), '--version', 'print the version')
    .addOption(new Option('--log-level <level>', 'JSON lines on stderr (default warn)').choices(LOG_LEVELS))
    .addHelpText('after', SETTINGS)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => output.print(text.trimEnd()),
      writeErr: (text) => output.note(text.trimEnd()),
      outputError: () => {},
    })
    .exitOverride()
  for (const add of COMMANDS) add(program, start)
  return program
}

/** Commander's message as a sentence. What follows a `=` may be a secret, and stays out. */
function sentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/(--[\w-]+)=[^']*/g, '$1')
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`
}
