import { type Command, InvalidArgumentError } from 'commander'
import {
  type ApiKey,
  auditApiKey,
  createApiKey,
  DEFAULT_ENVIRONMENT,
  listApiKeys,
  revokeApiKey,
} from '../store/api-keys.ts'
import type { Services, Start } from './services.ts'
import { fitting, table, without } from './table.ts'
import { words } from './wording.ts'

interface JsonOption {
  readonly json?: boolean
}

interface CreateOptions extends JsonOption {
  readonly name: string
  readonly environment: string
  readonly readOnly?: boolean
}

export function addKeys(program: Command, start: Start): void {
  const keys = program
    .command('keys')
    .summary('create, list and revoke API keys')
    .description(
      'Keys that let callers into the API, as X-API-KEY. A key sees the organizations of its own environment. Works beside a running server.',
    )
    .addHelpText('after', '\nExample:\n  rollcall keys create --name billing')
  addCreate(keys, start)
  addList(keys, start)
  addRevoke(keys, start)
}

function addCreate(keys: Command, start: Start): void {
  keys
    .command('create')
    .summary('make a key and print it, once')
    .description('Makes an API key and prints it. Only a digest of it is stored: it cannot be shown again.')
    .requiredOption('--name <name>', 'who or what it is for', label)
    .option('--environment <name>', 'whose organizations it sees; made when it is new', label, DEFAULT_ENVIRONMENT)
    .option('--read-only', 'lets it read, and nothing else')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall keys create --name billing --read-only\n  rollcall keys create --name ci --environment staging --json',
    )
    .action(({ name, environment, readOnly, json }: CreateOptions) =>
      start(async ({ openDb, output }) => {
        const access = readOnly ? 'read_only' : 'full'
        const db = await openDb()
        const { key, record } = await db.transaction(async (tx) => {
          const made = await createApiKey(tx, { name, environment, access })
          await auditApiKey(tx, 'api_key.created', made.record)
          return made
        })
        if (json) {
          const { id, prefix } = record
          output.print(JSON.stringify({ key, id, name, environment, access, prefix }))
        } else {
          output.print(key)
          output.note(
            `The key "${name}" has ${words(access)} access to the environment "${environment}". Store it now: it is not shown again.`,
          )
        }
        return 0
      }),
    )
}

function addList(keys: Command, start: Start): void {
  keys
    .command('list')
    .summary('show the keys there are, without their text')
    .description('Shows every key by its beginning, the revoked ones included.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  rollcall keys list')
    .action(({ json }: JsonOption) =>
      start(async (services) => {
        const found = await listApiKeys(await services.openDb())
        if (json) services.output.print(JSON.stringify({ keys: found }))
        else show(services, found)
        return 0
      }),
    )
}

function addRevoke(keys: Command, start: Start): void {
  keys
    .command('revoke')
    .argument('<key>', 'its id, or how it begins, as `rollcall keys list` shows them')
    .summary('let a key in no more')
    .description('Revokes an API key, for good. A running server refuses it within a few seconds.')
    .option('--json', 'print the key, without its text, as one JSON object')
    .addHelpText('after', '\nExample:\n  rollcall keys revoke rck_a1B2c3D4')
    .action((idOrPrefix: string, { json }: JsonOption) =>
      start(async ({ openDb, output }) => {
        const db = await openDb()
        const record = await db.transaction(async (tx) => {
          const revoked = await revokeApiKey(tx, idOrPrefix.trim())
          await auditApiKey(tx, 'api_key.revoked', revoked)
          return revoked
        })
        if (json) output.print(JSON.stringify(record))
        else output.print(`The key ${record.prefix} "${record.name}" is revoked.`)
        return 0
      }),
    )
}

const HEAD = ['key', 'name', 'environment', 'access', 'created', 'last used', 'revoked', 'id']
const [CREATED, ID] = [HEAD.indexOf('created'), HEAD.indexOf('id')]

function show({ output }: Services, keys: readonly ApiKey[]): void {
  if (keys.length === 0) {
    output.note('There is no API key yet. Make one with: rollcall keys create --name NAME')
    return
  }
  const rows = keys.map((key) => [
    key.prefix,
    key.name,
    key.environment,
    words(key.access),
    minute(key.created_at),
    key.last_used_at === null ? 'never' : minute(key.last_used_at),
    key.revoked_at === null ? '' : minute(key.revoked_at),
    key.id,
  ])
  const whole = [HEAD, ...rows]
  const tables = [whole, without(whole, [ID]), without(whole, [CREATED, ID])].map((each) => table(each))
  for (const line of fitting(tables, output.columns)) output.print(line)
}

/** `2026-01-05 09:30Z` */
const minute = (time: string) => `${time.slice(0, 16).replace('T', ' ')}Z`

const LONGEST = 100

/** A name for a list: it must be seen there, and must not garble it. */
function label(text: string): string {
  const name = text.trim()
  if (name !== '' && name.length <= LONGEST && !/\p{C}/u.test(name)) return name
  throw new InvalidArgumentError(`It must be 1 to ${LONGEST} visible characters.`)
}
