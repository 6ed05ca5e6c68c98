import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../src/api/openapi-document.ts'
import { OPERATIONS } from './documented.ts'
import {
  exampleBody,
  named,
  openTwoEnvironments,
  type Sent,
  type TwoEnvironments,
  takes,
  writes,
} from './two-environments.ts'

/** Every operation is called; `send` holds every answer against the document. */
let api: TwoEnvironments
beforeAll(async () => {
  api = await openTwoEnvironments()
})
afterAll(() => api.close())

const CLOSED = OPERATIONS.filter(({ operation }) => operation.security.length > 0)
const READING = OPERATIONS.filter(({ method }) => method === 'get')
const wrongKey = `rck_${'A'.repeat(43)}`

/** What a call of our own environment sends. */
async function rightly(placed: (typeof OPERATIONS)[number]): Promise<Sent> {
  const { key, connectionId } = api.a
  const body = exampleBody(placed)
  return { key, connectionId, path: await api.idsFor(placed, api.a), ...(body !== undefined && { body }) }
}

describe('every operation', () => {
  it.each(named(CLOSED))('%s lets in nobody without a key, with a wrong or with a revoked one', async (_, placed) => {
    const sent = await rightly(placed)
    for (const key of [null, '', 'rck_short', wrongKey, api.a.revokedKey]) {
      const { status, body } = await api.send(placed, { ...sent, key })
      expect([key, status, body.code]).toEqual([key, 401, 'api_key_invalid'])
    }
  })

  it.each(named(OPERATIONS.filter(writes)))('%s refuses a key that may only read', async (_, placed) => {
    if (!takes(placed, 'API-Key')) return
    const { status, body } = await api.send(placed, { ...(await rightly(placed)), key: api.a.readOnlyKey })
    expect([status, body.code]).toEqual([403, 'api_key_read_only'])
  })

  it.each(named(OPERATIONS.filter((one) => takes(one, 'Connection-Invite-Token'))))(
    '%s refuses a forged invite token',
    async (_, placed) => {
      for (const invite of ['x', 'e30.e30.e30', `${'eyJhbGciOiJub25lIn0'}.e30.`]) {
        const { status, body } = await api.send(placed, { ...(await rightly(placed)), key: null, invite })
        expect([status, body.code]).toEqual([401, 'invite_token_invalid'])
      }
    },
  )

  it.each(named(READING))('%s answers as documented', async (_, placed) => {
    const { status, text, headers } = await api.send(placed, await rightly(placed))
    expect(status, text).toBe(200)
    expect(headers.get('x-request-id')).toBeTruthy()
    expect(headers.get('content-type')).toContain('application/json')
  })

  it.each(named(CLOSED.filter(({ path }) => path.includes('{'))))(
    '%s finds nothing by unknown ids',
    async (_, placed) => {
      const sent = await rightly(placed)
      for (const name of Object.keys(sent.path ?? {})) {
        const { status, body } = await api.send(placed, { ...sent, path: { ...sent.path, [name]: randomUUID() } })
        // Whether an organization is another's or nobody's, nobody learns.
        const expected = name === 'organization_id' ? 401 : 404
        expect([name, status, body.code]).toEqual([
          name,
          expected,
          expect.stringMatching(/_not_found$|^organization_invalid$/),
        ])
      }
    },
  )

  it.each(named(OPERATIONS.filter(({ path }) => path.includes('{'))))(
    '%s refuses ids that are none',
    async (_, placed) => {
      const sent = await rightly(placed)
      for (const name of Object.keys(sent.path ?? {})) {
        for (const id of ['1', 'not-a-uuid', `${randomUUID()}0`, "' or 1=1"]) {
          const { status, body } = await api.send(placed, { ...sent, path: { ...sent.path, [name]: id } })
          expect([status, body.detail]).toEqual([
            422,
            expect.arrayContaining([expect.objectContaining({ loc: ['path', name] })]),
          ])
        }
      }
    },
  )

  it.each(named(OPERATIONS.filter((one) => takes(one, 'Connection-ID'))))(
    '%s needs a connection, and one that there is',
    async (_, placed) => {
      const sent = await rightly(placed)
      const answers = await Promise.all(
        [null, 'x', randomUUID()].map((connectionId) => api.send(placed, { ...sent, connectionId })),
      )
      expect(answers.map(({ status }) => status)).toEqual([422, 422, 404])
    },
  )

  it.each(named(OPERATIONS.filter(({ operation }) => wrongQueries(operation.parameters).length > 0)))(
    '%s refuses parameters that cannot be meant',
    async (_, placed) => {
      const sent = await rightly(placed)
      for (const [name, value] of wrongQueries(placed.operation.parameters)) {
        const { status, body } = await api.send(placed, { ...sent, query: { [name]: value } })
        expect([name, value, status]).toEqual([name, value, 422])
        expect(body.detail).toEqual(expect.arrayContaining([expect.objectContaining({ loc: ['query', name] })]))
      }
    },
  )
})

function wrongQueries(parameters: (typeof OPERATIONS)[number]['operation']['parameters'] = []): [string, string][] {
  return parameters
    .filter((parameter) => parameter.in === 'query')
    .flatMap(({ name, schema }) => wrongValues(schema).map((value): [string, string] => [name, value]))
}

function wrongValues({ type, format, enum: values, minimum, maximum, maxLength }: JsonSchema): string[] {
  if (values) return ['nonsense']
  if (type === 'boolean') return ['maybe']
  if (format === 'date-time') return ['yesterday', '2026-13-01T00:00:00Z']
  if (format === 'uuid') return ['not-a-uuid']
  if (type !== 'integer') return maxLength !== undefined && maxLength < 5_000 ? ['x'.repeat(maxLength + 1), '\0'] : []
  return [
    'x',
    '1.5',
    ...(minimum !== undefined ? [String(minimum - 1)] : []),
    ...(maximum !== undefined ? [String(maximum + 1)] : []),
  ]
}
