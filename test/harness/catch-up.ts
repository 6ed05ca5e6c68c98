import type { Page, ParentRef, Stream, Target } from '../../src/connectors/connector.ts'
import type { OktaClient } from '../../src/connectors/okta/client/client.ts'
import { okta } from '../../src/connectors/okta/index.ts'

/**
 * The connector's contract at its plainest: what is in an org as rows, and how to keep them current by targets and marks,
 * without a database, limits or failures.
 */

/** Whose rows they are, where nobody else says: ids are derived from it. */
export const CONNECTION = '00000000-0000-4000-8000-000000000000'
const SETTINGS = { logDays: 7, now: 0 }
const NO_PARENT: ParentRef = { key: '', row: {} }

export type Row = Readonly<Record<string, unknown>> & { readonly vendor_id: string }
/** Rows by stream and vendor id. */
export type Copy = Map<string, Map<string, Row>>

const STREAMS = okta.streams.filter(({ name }) => name !== 'log_events')

function streamNamed(name: string): Stream<OktaClient> {
  const found = [...STREAMS, ...okta.sideways].find((stream) => stream.name === name)
  if (!found) throw new Error(`no stream ${name}`)
  return found
}

async function pagesOf(read: (cursor: string | null) => Promise<Page>): Promise<unknown[]> {
  const items: unknown[] = []
  let cursor: string | null = null
  do {
    const page: Page = await read(cursor)
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return items
}

const rowOf = (stream: Stream<OktaClient>, item: unknown, parent: ParentRef): Row =>
  stream.normalize(item, { connectionId: CONNECTION, parent }) as Row

async function listed(client: OktaClient, stream: Stream<OktaClient>, parent: ParentRef): Promise<Row[]> {
  const items = await pagesOf((cursor) => stream.page({ client, cursor, parent, settings: SETTINGS }))
  return items.map((item) => rowOf(stream, item, parent))
}

/** A stream as a full sync reads it. */
async function readStream(client: OktaClient, stream: Stream<OktaClient>, copy: Copy): Promise<Row[]> {
  const { parents } = stream
  if (!parents) return listed(client, stream, NO_PARENT)
  const refs: ParentRef[] = []
  if (parents.from === 'stream')
    for (const row of copy.get(parents.stream)?.values() ?? [])
      if (parents.needs(row)) refs.push({ key: row.vendor_id, row })
  if (parents.from === 'keys') for (const key of parents.keys({ engine: 'idx' })) refs.push({ key, row: {} })
  if (parents.from === 'listing') {
    const items = await pagesOf((cursor) => parents.page({ client, cursor, parent: NO_PARENT, settings: SETTINGS }))
    for (const item of items) refs.push({ key: parents.keyOf(item) ?? '', row: {} })
  }
  const rows: Row[] = []
  for (const parent of refs) rows.push(...(await listed(client, stream, parent).catch(noSuchType(parents.from))))
  return rows
}

/** The org has some types of policy only. */
const noSuchType = (from: string) => (error: Error) => {
  if (from === 'keys') return []
  throw error
}

/** Everything, as a full sync reads it. */
export async function readAll(client: OktaClient): Promise<Copy> {
  const copy: Copy = new Map()
  for (const stream of STREAMS) {
    const rows = await readStream(client, stream, copy)
    copy.set(stream.name, new Map(rows.map((row) => [row.vendor_id, row])))
  }
  return copy
}

/** Reads what the targets name and what follows from it, in the simplest way that keeps the contract. */
export class Catcher {
  readonly client: OktaClient
  readonly copy: Copy
  readonly #done = new Set<string>()
  #queue: Target[] = []

  /** `copy` is left as it is. */
  constructor(client: OktaClient, copy: Copy) {
    this.client = client
    this.copy = new Map([...copy].map(([name, rows]) => [name, new Map(rows)]))
  }

  async catchUp(targets: readonly Target[], since: ReadonlyMap<string, string>): Promise<void> {
    this.#queue.push(...targets)
    for (const [name, mark] of since) {
      const stream = streamNamed(name)
      const request = { client: this.client, parent: NO_PARENT, settings: SETTINGS, since: mark }
      const items = await pagesOf((cursor) => {
        if (!stream.since) throw new Error(`${name} cannot be listed since a time`)
        return stream.since.page({ ...request, cursor })
      })
      for (const item of items) this.#put(stream, rowOf(stream, item, NO_PARENT))
    }
    const rank = (target: Target) =>
      target.kind === 'children' ? (target.unlessRows === undefined ? 2 : 3) : target.kind === 'stream' ? 1 : 0
    for (;;) {
      this.#queue.sort((a, b) => rank(a) - rank(b))
      const target = this.#queue.shift()
      if (!target) return
      const text = JSON.stringify(target)
      if (this.#done.has(text)) continue
      this.#done.add(text)
      await this.#read(target)
    }
  }

  async #read(target: Target): Promise<void> {
    const stream = streamNamed(target.stream)
    if (target.kind === 'stream') {
      const rows = await readStream(this.client, stream, this.copy)
      this.#replace(stream, rows, () => true)
    } else if (target.kind === 'record') {
      const item = (await stream.get?.({ client: this.client, vendorId: target.key })) ?? null
      if (item === null) this.#gone(stream.name, target.key)
      else this.#put(stream, rowOf(stream, item, { key: stream.ownerOf?.(target.key) ?? '', row: {} }))
    } else await this.#readChildren(stream, target)
  }

  async #readChildren(
    stream: Stream<OktaClient>,
    { key, unlessRows }: Extract<Target, { kind: 'children' }>,
  ): Promise<void> {
    if (!stream.refetch) throw new Error(`${stream.name} cannot be listed again`)
    const { storedAs, parents, column, parentId } = stream.refetch
    const id = parentId(CONNECTION, key)
    const isChild = (row: Row) => row[column] === id
    const row = parents === null ? {} : this.copy.get(parents)?.get(key)
    const stored = [...(this.copy.get(storedAs)?.values() ?? [])].filter(isChild)
    if (stored.length === unlessRows) return
    const needed = stream.parents?.from !== 'stream' || (row !== undefined && stream.parents.needs(row))
    const rows = row === undefined || !needed ? [] : await listed(this.client, stream, { key, row })
    this.#replace(streamNamed(storedAs), rows, isChild)
  }

  #replace(stream: Stream<OktaClient>, rows: readonly Row[], isReplaced: (row: Row) => boolean): void {
    const shown = new Set(rows.map((row) => row.vendor_id))
    for (const row of this.copy.get(stream.name)?.values() ?? [])
      if (isReplaced(row) && !shown.has(row.vendor_id)) this.#gone(stream.name, row.vendor_id)
    for (const row of rows) this.#put(stream, row)
  }

  #put(stream: Stream<OktaClient>, row: Row): void {
    const rows = this.copy.get(stream.name)
    const before = rows?.get(row.vendor_id) ?? null
    rows?.set(row.vendor_id, row)
    if (JSON.stringify(before) !== JSON.stringify(row)) this.#queue.push(...(stream.follows?.(before, row) ?? []))
  }

  /** A record that is gone, and the rows that it takes along, or changes. */
  #gone(name: string, key: string): void {
    this.copy.get(name)?.delete(key)
    const id = streamNamed(name).entity.idOf(CONNECTION, key)
    for (const other of STREAMS) {
      const naming = (columns: Readonly<Record<string, string>> = {}) =>
        [...(this.copy.get(other.name)?.values() ?? [])].filter((row) =>
          Object.entries(columns).some(([column, of]) => of === name && row[column] === id),
        )
      for (const row of naming(other.goesWith)) this.copy.get(other.name)?.delete(row.vendor_id)
      for (const row of naming(other.changesWith))
        this.#queue.push({ kind: 'record', stream: other.name, key: row.vendor_id })
    }
  }
}

/** Where two copies differ: `stream.column`, or the stream alone for rows that only one of them has. */
export function differences(left: Copy, right: Copy): string[] {
  const found = new Set<string>()
  for (const { name } of STREAMS) {
    const [mine, theirs] = [left.get(name) ?? new Map(), right.get(name) ?? new Map<string, Row>()]
    for (const key of new Set([...mine.keys(), ...theirs.keys()])) {
      const [a, b] = [mine.get(key), theirs.get(key)]
      if (!a || !b) found.add(`${name}: ${a ? 'gone' : 'new'}`)
      else
        for (const column of Object.keys(b)) if (sorted(a[column]) !== sorted(b[column])) found.add(`${name}.${column}`)
    }
  }
  return [...found].sort()
}

/** JSON with its keys in order: PostgreSQL keeps no other. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

/** The latest time of each stream that can be listed since one. */
export const marksOf = (copy: Copy): Map<string, string> =>
  new Map(
    STREAMS.flatMap(({ name, since }) => {
      const marks = [...(copy.get(name)?.values() ?? [])].flatMap((row) => since?.markOf(row) ?? [])
      return since ? [[name, marks.sort().at(-1) ?? '1970-01-01T00:00:00.000Z'] as const] : []
    }),
  )
