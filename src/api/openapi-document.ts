/** The parts of an OpenAPI 3.1 document that we use. https://spec.openapis.org/oas/v3.1.1.html */

/** A JSON Schema as the document writes it. https://json-schema.org/draft/2020-12 */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

export interface Reference {
  readonly $ref: string
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly description: string
  readonly schema: JsonSchema
}

export interface Header {
  readonly description: string
  readonly schema: JsonSchema
}

export interface MediaType {
  readonly schema: JsonSchema
  readonly example?: unknown
}

export interface ResponseObject {
  readonly description: string
  readonly headers: Readonly<Record<string, Header | Reference>>
  readonly content: { readonly 'application/json': MediaType }
}

export interface RequestBody {
  readonly required: boolean
  readonly content: { readonly 'application/json': MediaType }
}

/** One of these is enough; of one, every scheme is needed. */
export type SecurityRequirements = readonly Readonly<Record<string, readonly []>>[]

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly security: SecurityRequirements
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: RequestBody
  /** By status. */
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>
}

export interface SecurityScheme {
  readonly type: 'apiKey'
  readonly in: 'header'
  readonly name: string
  readonly description: string
}

export type Method = 'get' | 'post' | 'patch' | 'delete'
export const METHODS: readonly Method[] = ['get', 'post', 'patch', 'delete']

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: {
    readonly title: string
    readonly version: string
    readonly summary: string
    readonly description: string
    readonly license: { readonly name: string; readonly identifier: string }
  }
  readonly servers: readonly { readonly url: string; readonly description: string }[]
  readonly security: readonly []
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly responses: Readonly<Record<string, ResponseObject>>
    readonly headers: Readonly<Record<string, Header>>
    readonly securitySchemes: Readonly<Record<string, SecurityScheme>>
  }
}

/** One operation and where it is. */
export interface PlacedOperation {
  readonly path: string
  readonly method: Method
  readonly operation: Operation
}

/** Every operation, in the order of the document. */
export const operationsOf = ({ paths }: OpenApiDocument): PlacedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method, operation }] : []
    }),
  )

/** What a reference points at; anything else is itself. */
export function resolve<T extends object>(document: OpenApiDocument, value: T | Reference): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T
  const [kind = '', name = ''] = value.$ref.replace('#/components/', '').split('/')
  const found = (document.components as unknown as Record<string, Record<string, T>>)[kind]?.[name]
  if (!found) throw new Error(`${value.$ref} leads nowhere`)
  return found
}
