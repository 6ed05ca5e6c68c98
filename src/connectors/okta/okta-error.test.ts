import { describe, expect, test } from 'vitest'
import { type BadAnswer, oktaError } from './okta-error.ts'

const HTML = '<!DOCTYPE html><html><head><title>Gateway</title></head></html>'

function error(status: number, body: unknown, more: Partial<BadAnswer> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return oktaError({ status, body: text, path: '/api/v1/users', hasCursor: false, host: 'acme.okta.com', ...more })
}

const okta = (errorCode: string, errorSummary = '', ...causes: string[]) => ({
  errorCode,
  errorSummary,
  errorCauses: causes.map((cause) => ({ errorSummary: cause })),
})

describe('what an answer means', () => {
  test.each([
    [401, okta('E0000011', 'Invalid token provided'), 'okta_token_rejected'],
    [401, okta('E0000004', 'Authentication failed'), 'okta_token_rejected'],
    [401, okta('E0000015', 'You do not have permission to access the feature'), 'okta_feature_off'],
    [401, '', 'okta_token_rejected'],
    [401, HTML, 'okta_not_json'],
    [403, okta('E0000006'), 'okta_scope_missing'],
    [403, okta('E0000005'), 'okta_scope_missing'],
    [403, okta('E0009999'), 'okta_scope_missing'],
    [403, okta('E0000038'), 'okta_not_found'],
    [403, okta('E0000260'), 'okta_org_inactive'],
    [403, HTML, 'okta_not_json'],
    [404, okta('E0000007', 'Not found: Resource not found: 00u1 (User)'), 'okta_not_found'],
    [404, okta('E0000048'), 'okta_not_found'],
    [404, okta('E0000008'), 'okta_feature_off'],
    [404, HTML, 'okta_feature_off'],
    [405, okta('E0000022'), 'okta_feature_off'],
    [410, '', 'okta_feature_off'],
    [501, okta('E0000060'), 'okta_feature_off'],
    [400, okta('E0000001', 'Api validation failed', 'Invalid policy type specified: X'), 'okta_feature_off'],
    [400, okta('E0000001', 'Missing Required Feature Flag'), 'okta_feature_off'],
    [400, okta('E0000001', 'Api validation failed: limit'), 'okta_bad_request'],
    [400, okta('E0000031', 'Invalid search criteria.'), 'okta_bad_request'],
    [413, '', 'okta_bad_request'],
    [423, okta('E0000239'), 'okta_unavailable'],
    [500, okta('E0000009'), 'okta_unavailable'],
    [503, okta('E0000010'), 'okta_unavailable'],
    [502, HTML, 'okta_unavailable'],
    [504, '', 'okta_unavailable'],
    [429, okta('E0000047'), 'okta_rate_limited'],
    [400, { error: 'invalid_scope', error_description: 'One or more scopes are not configured' }, 'okta_bad_request'],
  ])('%i %j', (status, body, code) => {
    expect(error(status, body).code).toBe(code)
  })

  test.each([
    [400, okta('E0000001', 'Api validation failed: after', 'after: Invalid cursor')],
    [400, okta('E0000031', '', 'Invalid cursor.')],
    [400, okta('E0000031', 'Invalid search criteria.')],
    [404, okta('E0000007', 'Not found: pagination token')],
    [404, okta('E0000048', 'The cursor no longer exists')],
    [410, ''],
  ])('%i about the cursor of a request that had one: %j', (status, body) => {
    expect(error(status, body, { hasCursor: true }).code).toBe('cursor_expired')
    expect(error(status, body, { hasCursor: false }).code).not.toBe('cursor_expired')
  })

  test('a listing whose parent is gone is not a stale cursor', () => {
    const gone = okta('E0000007', 'Not found: Resource not found: 00g1 (UserGroup)')
    expect(error(404, gone, { hasCursor: true }).code).toBe('okta_not_found')
  })

  test('a redirect to another host says which', () => {
    const moved = error(302, '', { location: 'https://other.okta.com/login?token=abc' })
    expect(moved.code).toBe('not_an_okta_org')
    expect(moved.message).toContain('other.okta.com')
    expect(moved.message).not.toContain('abc')
    expect(error(302, '', { location: '/login' }).code).toBe('okta_not_json')
    expect(error(302, '', { location: 'https://acme.okta.com/login' }).code).toBe('okta_not_json')
  })
})

describe('what an error tells', () => {
  test("B129: Okta's status, code and sentence, and where", () => {
    const { message, details } = error(403, okta('E0000006', 'You do not have permission.'), { requestId: 'req1' })
    expect(message).toBe('Okta answered 403 E0000006: You do not have permission.')
    expect(details).toMatchObject({ status: 403, error_code: 'E0000006', request_id: 'req1', path: '/api/v1/users' })
  })

  test('a bad request shows the id that is to be reported, unless it is none', () => {
    const told = (requestId?: string) => error(400, okta('E0000001', 'Bad.'), requestId ? { requestId } : {}).message
    expect(told('Xq3-_a1')).toBe('Okta answered 400 E0000001: Bad. Request id: Xq3-_a1.')
    for (const odd of [undefined, 'jane@acme.test', 'a b', 'x'.repeat(65)])
      expect(told(odd)).toBe('Okta answered 400 E0000001: Bad.')
  })

  test('B158: nothing of a token, a person or a body', () => {
    const token = '00aBcdefghijklmnopqrstuvwxyz0123456789ABCD'
    const said = okta('E0000004', `Refused SSWS ${token} of jane@acme.test with short-secret\n\u0007`)
    const thrown = error(401, said, { redact: (text) => text.replaceAll('short-secret', '[removed]') })
    expect(thrown.message).toBe('Okta answered 401 E0000004: Refused SSWS [removed] of [removed] with [removed].')
    expect(JSON.stringify(thrown.details)).not.toMatch(/jane|short-secret|00aB/)
    expect(error(404, '', { path: '/api/v1/users/jane@acme.test/groups' }).details.path).toBe(
      '/api/v1/users/{id}/groups',
    )
    expect(error(400, okta('<script>', 'x'.repeat(20).concat(' ').repeat(40))).message.length).toBeLessThan(260)
    expect(error(502, HTML).message).not.toContain('Gateway')
  })
})
