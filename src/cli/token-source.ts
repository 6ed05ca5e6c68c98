import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Command } from 'commander'
import { AppError, systemCode } from '../errors.ts'
import type { Services } from './services.ts'

/** Where a token may come from. Never from an argument: everybody on the machine can read those. */
export function addTokenOptions(command: Command): Command {
  return command
    .option('--token-file <file>', 'file that holds the API token (else OKTA_API_TOKEN, else a hidden prompt)')
    .addOption(command.createOption('--token [refused]').hideHelp())
}

export interface TokenOptions {
  readonly token?: string | true
  readonly tokenFile?: string
}

export function refuseTokenArgument({ token }: TokenOptions): void {
  if (token === undefined) return
  throw new AppError(
    'token_missing',
    'A token is not taken from the command line, where other users and the shell history see it; treat that one as leaked.',
  )
}

export async function readToken(services: Services, options: TokenOptions, origin: string): Promise<string> {
  const { tokenFile } = options
  if (tokenFile !== undefined) return services.cleanToken(await readTokenFile(tokenFile))
  const fromEnvironment = process.env.OKTA_API_TOKEN
  if (fromEnvironment !== undefined) return services.cleanToken(fromEnvironment)
  if (!process.stdin.isTTY) throw new AppError('token_missing', 'There is no Okta API token.')
  return services.cleanToken(await prompt(`API token for ${origin} (not shown): `))
}

async function readTokenFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = systemCode(error) || 'unknown'
    throw new AppError('token_missing', `The token file ${file} cannot be read (${code}).`, { cause: error })
  }
}

/** Asks on stderr, so that stdout stays the result's; what is typed is not shown. */
function prompt(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  process.stderr.write(question)
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve)
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => reject(new AppError('token_missing', 'No token was typed.')))
  }).finally(() => {
    process.stderr.write('\n')
    lines.close()
  })
}
