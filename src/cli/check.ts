import type { Command } from 'commander'
import type { Check } from '../connectors/connector.ts'
import { matrix } from './matrix.ts'
import type { Start } from './services.ts'
import { addTargetOptions, readTarget, type TargetOptions } from './target-options.ts'

const EXIT_CODES: Readonly<Record<Check['verdict'], number>> = { ok: 0, incomplete: 2, unusable: 1 }

export function addCheck(program: Command, start: Start): void {
  addTargetOptions(program.command('check'))
    .summary('try out what credentials can read')
    .description(
      'Tries the domain, the token or service app, and every kind of endpoint, about thirty requests, and says what can be read, which scope each part needs and what to do about the rest.\n\nExit code: 0 everything can be read, 2 usable but incomplete, 1 unusable.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall check --domain acme.okta.com\n  rollcall check --domain acme.okta.com --client-id 0oa1b2C3d4E5f6G7h8i9 --private-key-file okta.pem',
    )
    .action((options: TargetOptions & { json?: boolean }) =>
      start(async (services) => {
        const { output } = services
        const target = await readTarget(services, options)
        const result = await services.check(target)
        if (options.json) output.print(JSON.stringify(result))
        else for (const line of matrix(result, output.paint, output.columns)) output.print(line)
        return EXIT_CODES[result.verdict]
      }),
    )
}
