import type { z } from 'zod'
import { type Access, type Endpoint, TAGS } from './endpoint.ts'
import type {
  Header,
  JsonSchema,
  MediaType,
  Method,
  OpenApiDocument,
  Operation,
  Parameter,
  Reference,
  ResponseObject,
  SecurityRequirements,
  SecurityScheme,
} from './openapi-document.ts'
import { ERROR_SCHEMAS, errorResponse, errorsOf, responseName } from './openapi-errors.ts'
import { exampleOf } from './openapi-examples.ts'
import { type Schemas, schemasOf } from './openapi-schemas.ts'
import { parameterDocs } from './parameters.ts'
import { HEADERS } from './run.ts'

/** Where every path begins: part of the server's URL in the document, as v1 clients have it. */
const BASE = '/v1'

const SCHEMES = { key: 'API-Key', connection: 'Connection-ID', invite: 'Connection-Invite-Token' } as const

const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
  [SCHEMES.key]: {
    type: 'apiKey',
    in: 'header',
    name: HEADERS.key,
    description: 'A key of `rollcall keys create`. It sees the organizations of its own environment, and no others.',
  },
  [SCHEMES.connection]: {
    type: 'apiKey',
    in: 'header',
    name: HEADERS.connection,
    description: 'The id of the connection whose data is asked for.',
  },
  [SCHEMES.invite]: {
    type: 'apiKey',
    in: 'header',
    name: HEADERS.invite,
    description: 'An invite token, in place of a key: lets a browser make or update one connection.',
  },
}

const SECURITY: Readonly<Record<Access, SecurityRequirements>> = {
  open: [],
  key: [{ [SCHEMES.key]: [] }],
  connection: [{ [SCHEMES.key]: [], [SCHEMES.connection]: [] }],
  organization: [{ [SCHEMES.key]: [] }],
  invite: [{ [SCHEMES.key]: [] }, { [SCHEMES.invite]: [] }],
}

const COMMON_HEADERS: Readonly<Record<string, Header>> = {
  'X-Request-Id': {
    description: 'Names this request in the log. What the caller sends under this name is taken over.',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'Seconds to wait before the next request.', schema: { type: 'integer', minimum: 0 } },
}
const headerRef = (name: string): Reference => ({ $ref: `#/components/headers/${name}` })

const DESCRIPTION = `What was read from each connected identity provider, how complete and how fresh it is, and the
organizations and connections it belongs to. Bodies are JSON with names in snake_case; query parameters are camelCase; ids
are UUIDs; times are ISO 8601 in UTC. Answers may gain properties: read those you know and leave the others.`

/**
 * The OpenAPI document of these operations. The same input makes the same text.
 * @throws Error when an operation cannot be documented: a name that is taken, a path outside of v1, a parameter without words
 */
export function openApiDocument(
  endpoints: readonly Endpoint[],
  { publicUrl, version }: { readonly publicUrl: string; readonly version: string },
): OpenApiDocument {
  const schemas = schemasOf(endpoints)
  const components = sorted({ ...schemas.components, ...ERROR_SCHEMAS })
  const responses: Record<string, ResponseObject> = {}
  const paths: Record<string, Partial<Record<Method, Operation>>> = {}
  const names = new Set<string>()
  for (const endpoint of endpoints) {
    const { method, path, operationId } = endpoint
    if (!path.startsWith(`${BASE}/`)) throw new Error(`${path} does not begin with ${BASE}/`)
    if (names.has(operationId)) throw new Error(`${operationId} names two operations`)
    names.add(operationId)
    const place = path.slice(BASE.length)
    const item = paths[place] ?? {}
    paths[place] = item
    if (item[method]) throw new Error(`${method} ${path} is two operations`)
    item[method] = operationOf(endpoint, schemas, components, responses)
  }
  const tags = new Set(endpoints.map(({ tag }) => tag))
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rollcall API',
      version,
      summary: 'Identity data of connected orgs, and what one must know to rely on it.',
      description: DESCRIPTION.replaceAll('\n', ' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl + BASE, description: 'This server.' }],
    security: [],
    tags: Object.entries(TAGS)
      .filter(([name]) => tags.has(name as keyof typeof TAGS))
      .map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: components,
      responses: sorted(responses),
      headers: COMMON_HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

function operationOf(
  endpoint: Endpoint,
  schemas: Schemas,
  components: Readonly<Record<string, JsonSchema>>,
  responses: Record<string, ResponseObject>,
): Operation {
  const { operationId, tag, summary, access, events } = endpoint
  const description = [endpoint.description, events?.description].filter(Boolean).join('\n\n')
  const parameters = [...parametersOf(endpoint, 'path'), ...parametersOf(endpoint, 'query')]
  const withExample = (schema: JsonSchema): MediaType => ({ schema, example: exampleOf(schema, components) })
  const body = schemas.bodies[operationId]
  const headers = {
    'X-Request-Id': headerRef('X-Request-Id'),
    ...Object.fromEntries(
      Object.entries(endpoint.headers ?? {}).map(([name, words]): [string, Header] => [
        name,
        { description: words, schema: { type: 'string' } },
      ]),
    ),
  }
  const errors = errorsOf(endpoint).map(([status, codes]): [string, Reference] => {
    const name = responseName(codes)
    responses[name] ??= errorResponse(status, codes, {
      'X-Request-Id': headerRef('X-Request-Id'),
      ...(status === 429 && { 'Retry-After': headerRef('Retry-After') }),
    })
    return [String(status), { $ref: `#/components/responses/${name}` }]
  })
  const answer = schemas.answers[operationId]
  if (!answer) throw new Error(`${operationId} has no answer`)
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: SECURITY[access],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: {
        required: !endpoint.body?.safeParse(undefined).success,
        content: { 'application/json': withExample(body) },
      },
    }),
    responses: {
      200: { description: 'It was done.', headers, content: { 'application/json': withExample(answer) } },
      ...Object.fromEntries(errors),
    },
  }
}

function parametersOf(endpoint: Endpoint, place: 'path' | 'query'): Parameter[] {
  const schema = place === 'path' ? endpoint.params : endpoint.query
  if (!schema) return []
  return Object.entries(shapeOf(schema)).map(([name, parameter]) => {
    const docs = parameterDocs.get(parameter)
    if (!docs) throw new Error(`${name} of ${endpoint.operationId} is not of a kind in parameters.ts`)
    return {
      name,
      in: place,
      required: place === 'path' || !parameter.safeParse(undefined).success,
      description: docs.description,
      schema: docs.schema,
    }
  })
}

/** The properties of an object schema, whatever was refined about it. */
function shapeOf(schema: z.ZodType): Record<string, z.ZodType> {
  const inner = schema as unknown as { shape?: Record<string, z.ZodType>; in?: z.ZodType }
  return inner.shape ?? (inner.in ? shapeOf(inner.in) : {})
}

const sorted = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
