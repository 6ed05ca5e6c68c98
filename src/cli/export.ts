import { type Command, Option } from 'commander'
import { AppError } from '../errors.ts'
import { ENTITIES, entityByName } from '../model/index.ts'
import { type Connection, listConnections } from '../store/connections.ts'
import type { Db } from '../store/db.ts'
import { lastCompleteReads } from '../store/jobs.ts'
import { exportRows } from '../store/list.ts'
import { EXPORT_FORMATS, type ExportFormat, exportWriter } from './export-format.ts'
import { toFile, toStdout } from './export-target.ts'
import type { Services, Start } from './services.ts'

interface ExportOptions {
  readonly format: ExportFormat
  readonly connection?: string
  readonly raw?: boolean
  readonly excludeDeleted?: boolean
  readonly output?: string
}

const NAMES = ENTITIES.map(({ name }) => name)

export function addExport(program: Command, start: Start): void {
  program
    .command('export')
    .argument('<entity>', NAMES.join(', '))
    .summary('print the records of an entity')
    .description(
      'Streams every record of an entity as one snapshot. Records that have vanished from Okta have is_deleted set.\n\nIn CSV, lists and objects are JSON text, and a text that a spreadsheet would run as a formula (it begins with =, +, -, @, their full-width forms, a tab or a line break) gets an apostrophe in front.',
    )
    .addOption(new Option('--format <format>', 'jsonl or csv').choices(EXPORT_FORMATS).default('jsonl'))
    .option('--connection <id>', 'which connection, where there are several')
    .option('--raw', "add Okta's JSON as received, as raw")
    .option('--exclude-deleted', 'leave out what has vanished from Okta')
    .option('--output <file>', 'write to a file, which appears once it is whole')
    .addHelpText('after', '\nExample:\n  rollcall export user --format csv --output users.csv')
    .action((name: string, options: ExportOptions) =>
      start(async (services) => {
        const entity = entityByName(name)
        if (!entity) {
          throw new AppError('usage_invalid', `There is no entity "${name}". Entities: ${NAMES.join(', ')}.`)
        }
        const db = await services.openDb()
        const connection = chooseConnection(await listConnections(db), options.connection)
        await warnIfUnread(services, db, connection, name)
        await writeRows(services, db, connection, { ...options, entity })
        return 0
      }),
    )
}

async function writeRows(
  { output, lifetime }: Services,
  db: Db,
  connection: Connection,
  {
    entity,
    format,
    raw = false,
    excludeDeleted = false,
    output: file,
  }: ExportOptions & { entity: (typeof ENTITIES)[number] },
): Promise<void> {
  const writer = exportWriter(format, raw ? [...entity.columns, 'raw'] : entity.columns)
  const target = file === undefined ? toStdout(output) : await toFile(file)
  lifetime.defer(() => target.discard())
  await target.write(writer.head)
  const request = { connectionId: connection.id, includeDeleted: !excludeDeleted, raw }
  await exportRows(db, entity, request, async (rows) => {
    await target.write(rows.map((row) => writer.line(row)).join(''))
    if (!target.isOpen) throw new ReaderGone()
  }).catch((error: unknown) => {
    if (!(error instanceof ReaderGone)) throw error
  })
  await target.finish()
}

/** `| head` has seen enough: not an error, only the end. */
class ReaderGone extends Error {}

/** @throws AppError `connection_not_found` that lists those there are */
export function chooseConnection(connections: readonly Connection[], id: string | undefined): Connection {
  const [only, ...others] = connections
  if (!only) throw new AppError('connection_not_found', 'No org has been read into this database yet.')
  const found = id === undefined && others.length === 0 ? only : connections.find((each) => each.id === id)
  if (found) return found
  const problem =
    id === undefined ? 'There are several connections: name one with --connection.' : `There is no connection ${id}.`
  const lines = connections.map(
    (each) => `  ${each.id}  ${each.origin}${each.org_name === null ? '' : `  ${each.org_name}`}`,
  )
  throw new AppError('connection_not_found', [problem, ...lines].join('\n'))
}

/** Until everything was read once, what is missing here may well be in Okta. */
async function warnIfUnread(
  { output, resources }: Services,
  db: Db,
  connection: Connection,
  entity: string,
): Promise<void> {
  const reads = await lastCompleteReads(db, connection.id)
  const unread = resources.filter((resource) => resource.entity === entity && !reads.has(resource.name))
  if (unread.length === 0) return
  const names = unread.map(({ name }) => name).join(' and ')
  output.note(`${names} of ${connection.origin} have not been read completely yet: records may be missing here.`)
}
