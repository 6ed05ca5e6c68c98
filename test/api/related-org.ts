import { createApp } from '../../src/api/app.ts'
import { newId } from '../../src/ids.ts'
import { ENTITIES } from '../../src/model/index.ts'
import { createApiKey } from '../../src/store/api-keys.ts'
import { openTestOrg, type TestOrg, type TestOrgOptions } from '../harness/org.ts'
import { servicesOf } from '../harness/services.ts'

export type Item = Record<string, unknown> & { id: string; vendor_id: string }

export interface ListAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
  readonly items: Item[]
}

/** A synced org behind the API, for reading what is related to what. */
export interface RelatedOrg {
  readonly org: TestOrg
  /** The connection that was synced. */
  readonly connectionId: string
  get(path: string, connectionId?: string): Promise<ListAnswer>
  /** All items of a list, by cursor in pages of `limit`, forward; and the way back, which must be the same. */
  byCursor(path: string, limit: number): Promise<Item[]>
  /** All items of a list, by offset in pages of `limit`. */
  byOffset(path: string, limit: number): Promise<Item[]>
  /** Our id of a record of the synced connection. */
  idOf(entity: string, vendorId: string): string
  /** Writes a row as a sync would have; what is not given is empty. */
  insert(entity: string, row: Record<string, unknown>, connectionId?: string): Promise<string>
  /** Another connection of the same key. */
  otherConnection(): Promise<string>
  close(): Promise<void>
}

export async function openRelatedOrg(options: TestOrgOptions = {}, isSynced = true): Promise<RelatedOrg> {
  const org = await openTestOrg(options)
  if (isSynced) await org.sync()
  const { key } = await createApiKey(org.db, { name: 'reader', environment: 'default', access: 'read_only' })
  const app = await createApp(servicesOf(org))
  const base = await app.listen({ host: '127.0.0.1', port: 0 })
  const connectionId = (await org.connection()).id
  const entityOf = (name: string) => {
    const entity = ENTITIES.find((one) => one.name === name)
    if (!entity) throw new Error(`no entity ${name}`)
    return entity
  }
  const get: RelatedOrg['get'] = async (path, connection = connectionId) => {
    const answer = await fetch(`${base}/v1/${path}`, { headers: { 'x-api-key': key, 'x-connection-id': connection } })
    const body = (await answer.json()) as Record<string, unknown>
    return { status: answer.status, headers: answer.headers, body, items: (body.items ?? []) as Item[] }
  }
  const withQuery = (path: string, query: string) => `${path}${path.includes('?') ? '&' : '?'}${query}`
  const page = async (path: string) => {
    const answer = await get(path)
    if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }
  return {
    org,
    connectionId,
    get,
    byCursor: async (path, limit) => {
      const there: Item[][] = []
      let answer = await page(withQuery(path, `enableCursor=true&limit=${limit}`))
      there.push(answer.items)
      while (answer.body.next_cursor !== null) {
        answer = await page(withQuery(path, `enableCursor=true&limit=${limit}&cursor=${answer.body.next_cursor}`))
        there.push(answer.items)
      }
      const back = [answer.items]
      while (answer.body.previous_cursor !== null) {
        answer = await page(withQuery(path, `enableCursor=true&limit=${limit}&cursor=${answer.body.previous_cursor}`))
        back.unshift(answer.items)
      }
      const ids = (pages: Item[][]) => pages.flat().map(({ id }) => id)
      if (ids(back).join() !== ids(there).join()) throw new Error(`${path} is another list on the way back`)
      return there.flat()
    },
    byOffset: async (path, limit) => {
      const items: Item[] = []
      for (;;) {
        const answer = await page(withQuery(path, `limit=${limit}&offset=${items.length}`))
        items.push(...answer.items)
        if (answer.items.length === 0) {
          if (answer.body.total !== items.length) throw new Error(`${path} counts ${answer.body.total}`)
          return items
        }
      }
    },
    idOf: (entity, vendorId) => entityOf(entity).idOf(connectionId, vendorId),
    insert: async (name, given, connection = connectionId) => {
      const entity = entityOf(name)
      const id = entity.idOf(connection, String(given.vendor_id))
      const fields = entity.fields as unknown as Record<string, { kind: string; nullable: boolean; values?: string[] }>
      const empty = ({ kind, nullable, values }: { kind: string; nullable: boolean; values?: string[] }) => {
        if (nullable) return null
        if (kind === 'texts') return []
        if (kind === 'json') return {}
        if (kind === 'boolean') return false
        return kind === 'id' ? newId() : (values?.[0] ?? 'x')
      }
      const row: Record<string, unknown> = {
        ...Object.fromEntries(Object.entries(fields).map(([column, field]) => [column, empty(field)])),
        connection_id: connection,
        stream: 'hand',
        raw: {},
        content_hash: '',
        first_seen_at: '2026-01-01T00:00:00Z',
        changed_at: '2026-01-01T00:00:00Z',
        ...given,
        id,
      }
      const columns = Object.keys(row)
      const values = Object.entries(row).map(([column, value]) =>
        fields[column]?.kind === 'json' && value !== null ? JSON.stringify(value) : value,
      )
      await org.db.query(
        `insert into ${entity.table} (${columns.map((column) => `"${column}"`)})
         values (${columns.map((_, place) => `$${place + 1}`)})`,
        values,
      )
      return id
    },
    otherConnection: async () => {
      const id = newId()
      await org.db.query('insert into connections (id, vendor, origin, org_id) values ($1, $2, $3, $4)', [
        id,
        'OKTA_IDP',
        'https://other.okta.com',
        '00oOther',
      ])
      return id
    },
    close: async () => {
      await app.close()
      await org.close()
    },
  }
}
