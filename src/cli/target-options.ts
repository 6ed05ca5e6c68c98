import type { Command } from 'commander'
import { AppError } from '../errors.ts'
import { share, wholeNumber } from './option-values.ts'
import type { Services, Target } from './services.ts'
import { addSignInOptions, readSignIn, refuseSecretArguments, type SignInOptions } from './sign-in-source.ts'

export interface TargetOptions extends SignInOptions {
  readonly domain?: string
  readonly rateShare?: number
  readonly maxInFlight?: number
}

/** The options that name an org and how gently it is read. */
export function addTargetOptions(command: Command): Command {
  command.option('--domain <domain>', 'the Okta domain, such as acme.okta.com')
  return addSignInOptions(command)
    .option('--rate-share <share>', 'part of each rate limit to use, above 0 up to 1 (default 0.9)', share)
    .option('--max-in-flight <number>', 'requests at the same time (default 8)', wholeNumber(1, 75))
}

export async function readTarget(services: Services, options: TargetOptions): Promise<Target> {
  refuseSecretArguments(options)
  if (options.domain === undefined) {
    throw new AppError('domain_invalid', 'The option --domain is missing.')
  }
  const { origin, notes } = services.parseDomain(options.domain)
  for (const note of notes) services.output.note(note)
  const { config } = services
  return {
    origin,
    ...(await readSignIn(services, options, origin)),
    rateShare: options.rateShare ?? config.rateShare,
    maxInFlight: options.maxInFlight ?? config.maxInFlight,
  }
}
