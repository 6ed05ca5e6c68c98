import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { AppError, systemCode } from '../errors.ts'
import type { SignIn } from '../sign-in.ts'
import type { Services } from './services.ts'
import { addTokenOptions, readToken, refuseTokenArgument, type TokenOptions } from './token-source.ts'

export interface SignInOptions extends TokenOptions {
  readonly clientId?: string
  readonly privateKey?: string | true
  readonly privateKeyFile?: string
  readonly keyId?: string
}

/** What an org is signed in to with: an API token, or a service app. Its key, too, never comes from an argument. */
export function addSignInOptions(command: Command): Command {
  return addTokenOptions(command)
    .option('--client-id <id>', 'sign in as this service app, in place of a token (else OKTA_CLIENT_ID)')
    .option('--private-key-file <file>', 'file with the private key of the app, PEM or JWK (else OKTA_PRIVATE_KEY)')
    .option('--key-id <id>', 'which of its keys that is, where a PEM is one of several (else OKTA_KEY_ID)')
    .addOption(command.createOption('--private-key [refused]').hideHelp())
}

export function refuseSecretArguments(options: SignInOptions): void {
  refuseTokenArgument(options)
  if (options.privateKey === undefined) return
  throw new AppError(
    'private_key_invalid',
    'A private key is not taken from the command line, where other users and the shell history see it; treat that one as leaked, and name a file by --private-key-file.',
  )
}

/** From the options; where none says, from the environment; else a token from a hidden prompt. @throws AppError */
export async function readSignIn(services: Services, options: SignInOptions, origin: string): Promise<SignIn> {
  const { env } = process
  const isApp = [options.clientId, options.privateKeyFile, options.keyId].some((option) => option !== undefined)
  if (isApp && options.tokenFile !== undefined)
    throw new AppError('usage_invalid', 'Give either --token-file, or --client-id with --private-key-file.')
  if (!isApp && (options.tokenFile !== undefined || env.OKTA_CLIENT_ID === undefined))
    return { token: await readToken(services, options, origin) }
  if (!isApp && env.OKTA_API_TOKEN !== undefined)
    throw new AppError(
      'usage_invalid',
      'OKTA_API_TOKEN and OKTA_CLIENT_ID are both set: unset one of them, or say which by --token-file or --client-id.',
    )
  const clientId = options.clientId ?? env.OKTA_CLIENT_ID
  if (clientId === undefined)
    throw new AppError('client_id_invalid', 'There is no client ID: give it by --client-id or OKTA_CLIENT_ID.')
  const privateKey = await readPrivateKey(options)
  return { serviceApp: services.parseServiceApp({ clientId, privateKey, keyId: options.keyId ?? env.OKTA_KEY_ID }) }
}

async function readPrivateKey({ privateKeyFile: file }: SignInOptions): Promise<string> {
  if (file === undefined) {
    const fromEnvironment = process.env.OKTA_PRIVATE_KEY
    if (fromEnvironment !== undefined) return fromEnvironment
    const text = 'There is no private key: name its file by --private-key-file, or set OKTA_PRIVATE_KEY.'
    throw new AppError('private_key_invalid', text)
  }
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = systemCode(error) || 'unknown'
    throw new AppError('private_key_invalid', `The key file ${file} cannot be read (${code}).`, { cause: error })
  }
}
