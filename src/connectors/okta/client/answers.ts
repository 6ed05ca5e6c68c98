import { AppError } from '../../../errors.ts'
import { oktaError } from '../okta-error.ts'
import type { Layer, OktaRequest, OktaResponse } from './pipeline.ts'
import { readRetryAfter } from './rate-headers.ts'

/** Turns answers into parsed JSON, and everything else into an AppError by its meaning. */
export function answers({ host, redact }: { host: string; redact: (text: string) => string }): Layer {
  return (next) => async (request) => {
    const response = await next(request)
    if (response.status < 200 || response.status > 299) throw refusal(request, response, host, redact)
    const json = parse(request, response)
    if (isError(json)) throw refusal(request, response, host, redact)
    if (request.expect === 'array' && json !== null && !Array.isArray(json)) {
      throw notJson(request, response, 'an object where a list was due')
    }
    // A list alone will do where an object that has one was due.
    if (request.expect === 'object' && typeof json !== 'object') {
      throw notJson(request, response, 'something else where an object was due')
    }
    return { ...response, json }
  }
}

function refusal(
  request: OktaRequest,
  response: OktaResponse,
  host: string,
  redact: (text: string) => string,
): AppError {
  return oktaError({
    status: response.status,
    body: response.body,
    path: pathOf(request),
    hasCursor: request.hasCursor ?? false,
    requestId: response.headers.get('x-okta-request-id'),
    location: response.headers.get('location'),
    challenge: response.headers.get('www-authenticate'),
    host,
    retryAfterMs: readRetryAfter(response),
    redact,
  })
}

/** Okta's error object under a good status, as some gateways pass it on: no record of Okta's has such a code. */
const isError = (json: unknown): boolean =>
  typeof json === 'object' &&
  json !== null &&
  'errorCode' in json &&
  typeof json.errorCode === 'string' &&
  /^E\d{7}$/.test(json.errorCode)

/** A body that begins like JSON and cannot be read was cut off; any other is not Okta's. */
function parse(request: OktaRequest, response: OktaResponse): unknown {
  try {
    return JSON.parse(response.body)
  } catch {
    const start = response.body.trimStart()
    if (start !== '' && !/^[[{]/.test(start)) throw notJson(request, response, 'something that is not JSON')
    const how = start === '' ? 'was empty' : 'ended in the middle'
    throw new AppError('okta_truncated_body', `Okta's answer (${response.status}) ${how}.`, {
      details: detailsOf(request, response),
    })
  }
}

function notJson(request: OktaRequest, response: OktaResponse, what: string): AppError {
  return new AppError('okta_not_json', `Okta's answer (${response.status}) held ${what}.`, {
    details: detailsOf(request, response),
  })
}

function detailsOf(request: OktaRequest, response: OktaResponse) {
  const requestId = response.headers.get('x-okta-request-id')
  return { status: response.status, request_id: requestId, path: pathOf(request), bytes: response.body.length }
}

const pathOf = (request: OktaRequest): string => request.path.split('?', 1)[0] ?? ''
