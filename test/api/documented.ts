import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020.js'
import { openApiDocument } from '../../src/api/openapi.ts'
import { type OpenApiDocument, operationsOf, type PlacedOperation } from '../../src/api/openapi-document.ts'
import { ENDPOINTS } from '../../src/api/routes/index.ts'

/** The document of the API as it is served, and its operations. */
export const DOCUMENT: OpenApiDocument = openApiDocument(ENDPOINTS, {
  publicUrl: 'https://rollcall.example.com',
  version: '0.0.0',
})
export const OPERATIONS: readonly PlacedOperation[] = operationsOf(DOCUMENT)

const ajv = new Ajv2020.default({ strict: false, allErrors: true })
ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
ajv.addFormat('uri', /^https?:\/\/[^\s]+$/)
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
ajv.addSchema(DOCUMENT, 'openapi')

const validators = new Map<string, ValidateFunction>()

/** What the document says about a place in itself, as a function. */
function validator(pointer: string): ValidateFunction {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` })
  validators.set(pointer, known)
  return known
}

const escaped = (step: string): string => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))

/** @throws Error that says in which way an answer is not what the document promises */
export function validateAnswer(operationId: string, status: number, body: unknown): void {
  const placed = OPERATIONS.find(({ operation }) => operation.operationId === operationId)
  if (!placed) throw new Error(`${operationId} is not documented`)
  const response = placed.operation.responses[String(status)]
  if (!response) throw new Error(`${operationId} answers ${status}, which is not documented: ${JSON.stringify(body)}`)
  const place =
    '$ref' in response ? response.$ref.slice(1) : `/paths/${escaped(placed.path)}/${placed.method}/responses/${status}`
  const isValid = validator(`${place}/content/application~1json/schema`)
  if (isValid(body)) return
  const reasons = (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  throw new Error(`${operationId} answers ${status} otherwise than documented: ${reasons.slice(0, 5).join('; ')}`)
}

/** The operation that a request is for, by method and path with `/v1`; null when it is none. */
export function operationAt(method: string, path: string): PlacedOperation | null {
  const steps = path.split('?')[0]?.replace(/\/+$/, '').split('/') ?? []
  const fitting = OPERATIONS.filter((one) => {
    const wanted = `/v1${one.path}`.split('/')
    return (
      one.method === method.toLowerCase() &&
      wanted.length === steps.length &&
      wanted.every((step, index) => step.startsWith('{') || step === steps[index])
    )
  })
  // A step that is written out goes before one that takes anything.
  return fitting.sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0] ?? null
}
