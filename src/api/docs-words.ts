import {
  type JsonSchema,
  type OpenApiDocument,
  type PlacedOperation,
  type ResponseObject,
  resolve,
} from './openapi-document.ts'

/** What the page and the Markdown reference say alike. */

const nameOf = ($ref: string): string => $ref.split('/').at(-1) ?? ''

/** The named schemas that a schema is made of, directly. */
export function namedIn({ $ref, anyOf = [], items }: JsonSchema): string[] {
  return [...($ref ? [nameOf($ref)] : []), ...anyOf.flatMap(namedIn), ...(items ? namedIn(items) : [])]
}

/** `string (uuid) or null`, `list of User`. Names are given as they are. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref) return nameOf(schema.$ref)
  if (schema.anyOf) return schema.anyOf.map(typeText).join(' or ')
  const types = [schema.type ?? 'any JSON'].flat().map((type) => {
    if (type === 'array') return `list of ${schema.items ? typeText(schema.items) : 'any JSON'}`
    return schema.format && type === 'string' ? formatWords(schema.format) : type
  })
  return types.join(' or ')
}

const formatWords = (format: string): string => (format === 'date-time' ? 'time' : format === 'uuid' ? 'UUID' : format)

/** What else bounds a value: its words, its default, its range. */
export function boundsOf({ enum: values, items, minimum, maximum, maxLength, ...schema }: JsonSchema): string[] {
  const words = (values ?? items?.enum)?.filter((value) => value !== null)
  return [
    ...(words ? [`One of ${words.map((value) => `\`${String(value)}\``).join(', ')}.`] : []),
    ...(minimum !== undefined && maximum !== undefined ? [`From ${minimum} to ${maximum}.`] : []),
    ...(minimum !== undefined && maximum === undefined ? [`At least ${minimum}.`] : []),
    ...(maxLength !== undefined ? [`At most ${maxLength.toLocaleString('en-US')} characters.`] : []),
    ...(schema.default !== undefined ? [`Default \`${String(schema.default)}\`.`] : []),
  ]
}

export interface Property {
  readonly name: string
  readonly schema: JsonSchema
  readonly isRequired: boolean
}

/** The properties of a schema, or of the named schema that it is. */
export function propertiesOf(document: OpenApiDocument, given: JsonSchema): Property[] {
  const schema = resolve<JsonSchema>(document, given)
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    schema: property,
    isRequired: schema.required?.includes(name) ?? false,
  }))
}

/** The properties of an object without a name of its own, which stand beside those of its holder: `org.id`. */
export function nestedIn(schema: JsonSchema): Property[] {
  const object = [schema, schema.items ?? {}, ...(schema.anyOf ?? [])].find(({ properties }) => properties)
  return Object.entries(object?.properties ?? {}).map(([name, property]) => ({
    name,
    schema: property,
    isRequired: object?.required?.includes(name) ?? false,
  }))
}

export interface Failing {
  readonly status: string
  readonly code: string
  readonly remedy: string
}

/** Every way in which an operation can fail. */
export function failuresOf(document: OpenApiDocument, { operation }: PlacedOperation): Failing[] {
  return Object.entries(operation.responses).flatMap(([status, response]) => {
    const { description } = resolve<ResponseObject>(document, response)
    return [...description.matchAll(/^- `(\w+)`: (.+)$/gm)].map(([, code = '', remedy = '']) => ({
      status,
      code,
      remedy,
    }))
  })
}

export function success({ operation }: PlacedOperation): ResponseObject {
  const response = operation.responses['200']
  if (!response || '$ref' in response) throw new Error(`${operation.operationId} has no answer of its own`)
  return response
}

/** The call as one types it in a shell. */
export function curlOf(document: OpenApiDocument, { path, method, operation }: PlacedOperation): string {
  const url = `${document.servers[0]?.url ?? ''}${path}`.replace(
    /\{(\w+)\}/g,
    (_, name: string) => `$${name.toUpperCase()}`,
  )
  const headers = Object.keys(operation.security[0] ?? {}).map((scheme) => {
    const header = document.components.securitySchemes[scheme]?.name ?? scheme
    return `-H "${header}: $${scheme === 'API-Key' ? 'ROLLCALL_API_KEY' : header.replace(/^X-/, '').replaceAll('-', '_')}"`
  })
  const body = operation.requestBody?.content['application/json'].example
  const needsBody = body !== undefined && operation.requestBody?.required
  const parts = [
    `curl${method === 'get' || needsBody ? '' : ` -X ${method.toUpperCase()}`}${method === 'patch' && needsBody ? ' -X PATCH' : ''} "${url}"`,
    ...headers,
    ...(needsBody
      ? ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`]
      : []),
  ]
  return parts.join(' \\\n  ')
}

/** Who may call it, in words. */
export function accessText({ operation: { security } }: PlacedOperation): string {
  const [first, second] = security.map((schemes) => Object.keys(schemes))
  if (!first) return 'Needs no key.'
  if (second) return 'Needs an API key, or an invite token.'
  return first.includes('Connection-ID') ? 'Needs an API key and a connection.' : 'Needs an API key.'
}
