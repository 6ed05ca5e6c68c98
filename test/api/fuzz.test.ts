import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PlacedOperation } from '../../src/api/openapi-document.ts'
import { DOCUMENT, OPERATIONS } from './documented.ts'
import { bodyText, parameterValue } from './fuzz-values.ts'
import { type Environment, openTwoEnvironments, type Sent, type TwoEnvironments, takes } from './two-environments.ts'

/**
 * Requests made from the document: right, nearly right and hostile, each answered as the document says and none with a
 * status of 500 and more. `npm run fuzz -- --requests 50000 --seed 7` sends more of them, or others.
 */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2_000)
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_131)

let api: TwoEnvironments
/** What is deleted or switched off on the way is another's than what is read. */
let victim: Environment
/** A cursor for each list that gives some. */
const cursors = new Map<string, string>()

beforeAll(async () => {
  api = await openTwoEnvironments()
  victim = api.b
  for (const placed of OPERATIONS.filter(({ operation }) => hasCursor(operation))) {
    const { key, connectionId } = api.a
    const query = { enableCursor: 'true', limit: '1' }
    const { body } = await api.send(placed, { key, connectionId, path: await api.idsFor(placed, api.a), query })
    if (typeof body.next_cursor === 'string') cursors.set(placed.operation.operationId, body.next_cursor)
  }
  // Before any of it is deleted.
  for (const placed of OPERATIONS) await idsOf(placed, isHarmful(placed) ? victim : api.a)
})
afterAll(() => api.close())

const hasCursor = ({ parameters = [] }: PlacedOperation['operation']) =>
  parameters.some(({ name }) => name === 'cursor')

/** Dots alone would lead to another path before they are sent; an empty step is another path. */
const isStep = (text: string) => text !== '' && text !== '.' && text !== '..'

/** A real value, put in once the server has it. */
const REAL = Symbol('real')
type Wanted = string | typeof REAL

interface Plan {
  readonly placed: PlacedOperation
  readonly path: Record<string, Wanted>
  readonly query: Record<string, Wanted>
  readonly key: 'full' | 'read_only' | 'nasty' | 'none'
  readonly connection: Wanted
  readonly invite: string | undefined
  readonly rawBody: string | undefined
  readonly contentType: string
}

const real = fc.constant<Wanted>(REAL)
/** Values that a header may hold: fetch refuses others by itself. */
const headerText = fc.oneof(
  fc.uuid(),
  fc.string({ maxLength: 60 }).map((text) => text.trim()),
  fc.constantFrom('x'.repeat(4_000), 'e30.e30.e30'),
)

const plan: fc.Arbitrary<Plan> = fc.constantFrom(...OPERATIONS).chain((placed) => {
  const { parameters = [], requestBody } = placed.operation
  const inPath = parameters.filter((parameter) => parameter.in === 'path')
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const arbitraryOf = (name: string, schema: (typeof parameters)[number]['schema']): fc.Arbitrary<Wanted> =>
    name === 'cursor' ? fc.oneof(real, parameterValue(schema)) : parameterValue(schema)
  return fc.record<Plan>({
    placed: fc.constant(placed),
    path: fc.record(
      Object.fromEntries(
        inPath.map(({ name, schema }) => [
          name,
          fc.oneof({ weight: 8, arbitrary: real }, { weight: 1, arbitrary: parameterValue(schema).filter(isStep) }),
        ]),
      ),
      { noNullPrototype: true },
    ),
    query: fc.subarray(inQuery, { maxLength: Math.min(4, inQuery.length) }).chain((some) =>
      fc.record(Object.fromEntries(some.map(({ name, schema }) => [name, arbitraryOf(name, schema)])), {
        noNullPrototype: true,
      }),
    ),
    key: fc.oneof(
      { weight: 20, arbitrary: fc.constant('full' as const) },
      { weight: 1, arbitrary: fc.constantFrom('read_only' as const, 'nasty' as const, 'none' as const) },
    ),
    connection: fc.oneof({ weight: 12, arbitrary: real }, { weight: 1, arbitrary: headerText }),
    invite: takes(placed, 'Connection-Invite-Token')
      ? fc.option(headerText, { nil: undefined, freq: 8 })
      : fc.constant(undefined),
    rawBody: requestBody
      ? fc.option(bodyText(DOCUMENT, requestBody.content['application/json'].schema), { nil: undefined, freq: 15 })
      : fc.constant(undefined),
    contentType: fc.oneof(
      { weight: 15, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'text/plain',
          'application/xml',
          'application/json; charset=utf-16',
          'x',
          'multipart/form-data',
        ),
      },
    ),
  })
})

const isHarmful = ({ method }: PlacedOperation): boolean => method === 'delete' || method === 'patch'

async function send({ placed, path, query, key, connection, invite, rawBody, contentType }: Plan) {
  const environment = isHarmful(placed) ? victim : api.a
  const ids = Object.values(path).includes(REAL) ? await idsOf(placed, environment) : {}
  const keys = { full: environment.key, read_only: environment.readOnlyKey, nasty: `rck_${'%'.repeat(43)}`, none: null }
  const sent: Sent = {
    key: keys[key],
    connectionId: connection === REAL ? environment.connectionId : connection,
    ...(invite !== undefined && { invite }),
    path: Object.fromEntries(
      Object.entries(path).map(([name, value]) => [name, value === REAL ? (ids[name] ?? '') : value]),
    ),
    query: Object.fromEntries(
      Object.entries(query).map(([name, value]) => [
        name,
        value === REAL ? (cursors.get(placed.operation.operationId) ?? '') : value,
      ]),
    ),
    ...(rawBody !== undefined && { rawBody, contentType }),
  }
  return api.send(placed, sent)
}

/** A request in so many words as one needs to send it again. */
const told = ({ placed, ...rest }: Plan): string =>
  `${placed.operation.operationId} ${JSON.stringify(rest, (_, value) => {
    if (value === REAL) return '(a real one)'
    return typeof value === 'string' && value.length > 300
      ? `${value.slice(0, 40)}… (${value.length} characters)`
      : value
  })}`

/** Ids that are there, or were before a request on the way deleted them. */
const remembered = new Map<string, Record<string, string>>()
async function idsOf(placed: PlacedOperation, environment: Environment): Promise<Record<string, string>> {
  const name = `${placed.path} ${environment.connectionId}`
  const ids = remembered.get(name) ?? (await api.idsFor(placed, environment))
  remembered.set(name, ids)
  return ids
}

describe('whatever is sent', () => {
  it(
    `is answered as documented, and never with 500: ${REQUESTS} requests, seed ${SEED}`,
    async () => {
      const statuses = new Map<number, number>()
      const result = await fc.check(
        fc.asyncProperty(plan, async (request) => {
          const { status, text } = await send(request)
          statuses.set(status, (statuses.get(status) ?? 0) + 1)
          if (status >= 500) throw new Error(`${status} ${text}`)
        }),
        { numRuns: REQUESTS, seed: SEED },
      )
      const [request] = result.counterexample ?? []
      const reason = result.errorInstance instanceof Error ? result.errorInstance.message : ''
      expect(request && `seed ${SEED}, request ${result.numRuns}: ${told(request)}\n${reason}`).toBeUndefined()
      // The requests reach what they are meant to: neither all fit nor all fail.
      const share = (status: number) => (statuses.get(status) ?? 0) / REQUESTS
      expect(share(200)).toBeGreaterThan(0.2)
      expect(share(422)).toBeGreaterThan(0.1)
    },
    Math.max(60_000, REQUESTS * 100),
  )
})
