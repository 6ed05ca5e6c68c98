import { ERRORS, type ErrorCode } from '../errors.ts'
import { ACCESS_ERRORS, COMMON_ERRORS, type Endpoint } from './endpoint.ts'
import type { Header, JsonSchema, Reference, ResponseObject } from './openapi-document.ts'

/** What a body brings with it. */
const BODY_ERRORS: readonly ErrorCode[] = ['body_too_large', 'media_type_unsupported']
/** What happens while the database is away. */
const DATABASE_ERRORS: readonly ErrorCode[] = ['database_unreachable']

const STATUSES: Readonly<Record<number, string>> = {
  400: 'The body is not what it says it is.',
  401: 'Nobody is let in with what was shown.',
  403: 'The key may not do this.',
  404: 'There is no such thing.',
  409: 'It cannot be done as things stand.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The request cannot be understood: `detail` lists what is wrong with it.',
  429: 'Too many requests.',
  500: 'Something went wrong inside Rollcall.',
  502: 'The identity provider gave no usable answer.',
  503: 'Something that Rollcall needs is away for now.',
  504: 'The identity provider took too long.',
}

/** Every code that an operation can answer with, by status, in the order of statuses. */
export function errorsOf(endpoint: Endpoint): [status: number, codes: ErrorCode[]][] {
  const codes = [
    ...COMMON_ERRORS,
    ...DATABASE_ERRORS,
    ...ACCESS_ERRORS[endpoint.access],
    ...(endpoint.method === 'get' ? [] : BODY_ERRORS),
    ...(endpoint.writes && endpoint.access !== 'open' ? (['api_key_read_only'] as const) : []),
    ...(endpoint.errors ?? []),
  ]
  const byStatus = new Map<number, Set<ErrorCode>>()
  for (const code of codes) {
    const { status } = ERRORS[code]
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code))
  }
  return [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, set]): [number, ErrorCode[]] => [status, [...set].sort()])
}

/** `ApiKeyInvalidOrOrganizationInvalid`: the name of a response under which operations share it. */
export const responseName = (codes: readonly ErrorCode[]): string => codes.map(pascal).join('Or')

const pascal = (code: string): string => code.replace(/(^|_)(.)/g, (_, __, letter: string) => letter.toUpperCase())

/** An answer that failed with one of these codes, which share a status. */
export function errorResponse(
  status: number,
  codes: readonly ErrorCode[],
  headers: Readonly<Record<string, Header | Reference>>,
): ResponseObject {
  const base = status === 422 ? 'HTTPValidationError' : 'Failure'
  const remedies = codes.map((code) => `- \`${code}\`: ${ERRORS[code].remedy}`)
  return {
    description: `${STATUSES[status] ?? 'It failed.'}\n\n${remedies.join('\n')}`,
    headers,
    content: {
      'application/json': {
        schema: {
          allOf: [
            { $ref: `#/components/schemas/${base}` },
            { type: 'object', properties: { code: { type: 'string', enum: codes } } },
          ],
        },
      },
    },
  }
}

const code: JsonSchema = { type: 'string', description: 'What kind of error it is: a code to branch on.' }
const request_id: JsonSchema = { type: 'string', description: 'The request, as the log names it: `X-Request-Id`.' }

/** Bodies of answers that failed. The first two have FastAPI's names and shapes, which v1 clients know. */
export const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  HTTPValidationError: {
    type: 'object',
    description: 'A request that cannot be understood.',
    properties: {
      detail: {
        type: 'array',
        items: { $ref: '#/components/schemas/ValidationError' },
        description: 'Every mistake that was found.',
      },
      code,
      request_id,
    },
    required: ['detail', 'code', 'request_id'],
  },
  ValidationError: {
    type: 'object',
    description: 'One mistake in a request.',
    properties: {
      loc: {
        type: 'array',
        items: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
        description: 'Where it is: the part of the request, then the name.',
      },
      msg: { type: 'string', description: 'What is wrong, in words.' },
      type: { type: 'string', description: 'What kind of mistake it is.' },
    },
    required: ['loc', 'msg', 'type'],
  },
  Failure: {
    type: 'object',
    description: 'An answer that failed.',
    properties: { detail: { type: 'string', description: 'What is wrong, in words.' }, code, request_id },
    required: ['detail', 'code', 'request_id'],
  },
}
