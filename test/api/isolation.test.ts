import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlacedOperation } from '../../src/api/openapi-document.ts'
import { DOCUMENT, OPERATIONS } from './documented.ts'
import {
  type Environment,
  exampleBody,
  named,
  openTwoEnvironments,
  type Sent,
  type TwoEnvironments,
} from './two-environments.ts'

/** A key of one environment never sees, counts or touches what is another's: over every operation of the document. */
let api: TwoEnvironments
/** Every id that is of environment B, and what all of its rows add up to. */
let idsOfB: ReadonlySet<string>
let before: Record<string, string>

beforeAll(async () => {
  api = await openTwoEnvironments()
  // Asked for with B's own key, and remembered: from here on nobody of B asks for anything.
  for (const placed of OPERATIONS) await api.idsFor(placed, api.b)
  idsOfB = new Set(await allIds(api.b))
  before = await fingerprints(api.b)
})
afterAll(() => api.close())

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** Ids of B in an answer that were not in the question. */
function leaked(text: string, sent: Sent): string[] {
  const asked = JSON.stringify([sent.path, sent.query, sent.body])
  return [...new Set(text.match(UUID))].filter((id) => idsOfB.has(id) && !asked.includes(id))
}

const withBody = (placed: PlacedOperation, sent: Sent): Sent => {
  const body = exampleBody(placed)
  return body === undefined ? sent : { ...sent, body }
}

describe('a key of environment A', () => {
  it.each(named(OPERATIONS.filter(({ operation }) => operation.security.length > 0)))(
    '%s gives nothing for the ids of environment B, whichever of them is sent',
    async (_, placed) => {
      const ours = { connectionId: api.a.connectionId, path: await api.idsFor(placed, api.a) }
      const theirs = { connectionId: api.b.connectionId, path: await api.idsFor(placed, api.b) }
      const isOfConnection = placed.operation.security.some((schemes) => 'Connection-ID' in schemes)
      const attempts: Sent[] = [
        ...(Object.keys(theirs.path).length > 0 || isOfConnection ? [theirs] : []),
        ...(isOfConnection ? [{ ...ours, connectionId: api.b.connectionId }] : []),
        ...Object.entries(theirs.path).map(([name, id]) => ({ ...ours, path: { ...ours.path, [name]: id } })),
      ]
      for (const attempt of attempts) {
        const sent = withBody(placed, { ...attempt, key: api.a.key })
        const { status, text } = await api.send(placed, sent)
        expect([401, 404], `${status} ${text}`).toContain(status)
        expect(leaked(text, sent)).toEqual([])
      }
    },
  )

  it.each(named(OPERATIONS.filter(({ method }) => method === 'get')))(
    '%s shows nothing of B, whatever it is filtered by',
    async (_, placed) => {
      const ours = { key: api.a.key, connectionId: api.a.connectionId, path: await api.idsFor(placed, api.a) }
      const ids = [...idsOfB].slice(0, 100).join(',')
      const filters = (placed.operation.parameters ?? [])
        .filter((parameter) => parameter.in === 'query' && /^ids$|Id$/.test(parameter.name))
        .flatMap(({ name, schema }): Record<string, string>[] =>
          schema.format === 'uuid' || name === 'organizationId'
            ? [{ [name]: api.b.organizationId }]
            : [{ [name]: ids }, { [name]: api.b.connectionId }],
        )
      for (const query of [{}, ...filters]) {
        const sent = { ...ours, query }
        const { status, text, body } = await api.send(placed, sent)
        // An error may say that a filter cannot be meant; an answer holds none of B's rows, and counts none.
        expect([200, 422], text).toContain(status)
        expect(leaked(text, sent)).toEqual([])
        if (status === 200 && Object.keys(query).length > 0 && 'items' in body && !('vendorId' in query)) {
          // Lists that page by cursor alone count nothing.
          expect([query, body.items, body.total ?? 0]).toEqual([query, [], 0])
        }
      }
    },
  )

  it.each(named(OPERATIONS.filter(({ operation }) => idsInBody(operation.requestBody).length > 0)))(
    '%s takes no id of B in its body',
    async (_, placed) => {
      const ours = { key: api.a.key, connectionId: api.a.connectionId, path: await api.idsFor(placed, api.a) }
      for (const name of idsInBody(placed.operation.requestBody)) {
        const body = { ...(exampleBody(placed) as object), [name]: api.b.connectionId }
        const { status } = await api.send(placed, { ...ours, body })
        expect([401, 404, 422]).toContain(status)
      }
    },
  )

  it('has left every row of B as it was', async () => {
    expect(await fingerprints(api.b)).toEqual(before)
    expect(Object.keys(before).length).toBeGreaterThan(15)
  })

  it('was sent what works with a key of B: the refusals above are about whose it is', async () => {
    for (const placed of OPERATIONS.filter(({ method }) => method === 'get')) {
      const { key, connectionId } = api.b
      const { status, text } = await api.send(placed, { key, connectionId, path: await api.idsFor(placed, api.b) })
      expect(status, `${placed.operation.operationId}: ${text}`).toBe(200)
    }
  })
})

function idsInBody(body: PlacedOperation['operation']['requestBody']): string[] {
  const name = body?.content['application/json'].schema.$ref?.split('/').at(-1) ?? ''
  const properties = Object.keys(DOCUMENT.components.schemas[name]?.properties ?? {})
  return properties.filter((property) => property.endsWith('_id'))
}

/** Tables that hold something of one environment, with what says whose a row is. */
async function ownedTables(): Promise<{ table: string; column: string }[]> {
  return api.org.db.query(
    `select table_name as table, (array_agg(column_name order by case column_name when 'connection_id' then 1
              when 'organization_id' then 2 else 3 end))[1] as column
       from information_schema.columns
      where table_schema = 'public' and column_name in ('connection_id', 'organization_id', 'environment_id')
        and is_updatable = 'YES'
      group by table_name order by table_name`,
  )
}

async function ownerIds({ connectionId, organizationId }: Environment): Promise<Record<string, string>> {
  const [row] = await api.org.db.query<{ environment_id: string }>(
    'select environment_id from organizations where id = $1',
    [organizationId],
  )
  return { connection_id: connectionId, organization_id: organizationId, environment_id: row?.environment_id ?? '' }
}

async function fingerprints(environment: Environment): Promise<Record<string, string>> {
  const owner = await ownerIds(environment)
  const found: Record<string, string> = {}
  for (const { table, column } of await ownedTables()) {
    // The audit log of A's environment tells that A asked for an organization of B's: that is A's row.
    const whose = table === 'audit_log' ? 'environment_id' : column
    const [row] = await api.org.db.query<{ sum: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum
         from ${table} t where ${whose} = $1`,
      [owner[whose]],
    )
    found[table] = row?.sum ?? ''
  }
  return found
}

async function allIds(environment: Environment): Promise<string[]> {
  const owner = await ownerIds(environment)
  const ids = [environment.connectionId, environment.organizationId]
  for (const { table, column } of await ownedTables()) {
    const [hasId] = await api.org.db.query(
      `select from information_schema.columns where table_name = $1 and column_name = 'id' and data_type = 'uuid'`,
      [table],
    )
    if (!hasId) continue
    const rows = await api.org.db.query<{ id: string }>(`select id from ${table} where ${column} = $1`, [owner[column]])
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}
