import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { adminTwin, parseDomain } from './domain.ts'

function refusal(input: string): AppError {
  try {
    parseDomain(input)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error(`${input} was accepted`)
}

describe('a pasted address becomes an origin', () => {
  test.each([
    ['acme.okta.com', 'acme.okta.com'],
    ['https://acme.oktapreview.com/', 'acme.oktapreview.com'],
    [' acme.okta.com/ ', 'acme.okta.com'],
    ['https://acme.okta.com:443', 'acme.okta.com'],
    ['acme.okta.com:443/', 'acme.okta.com'],
    ['https://acme.okta.com/api/v1', 'acme.okta.com'],
    ['https://acme.okta.com/app/UserHome?fromLogin=true#x', 'acme.okta.com'],
    ['HTTPS://ACME.Okta.COM', 'acme.okta.com'],
    ['"acme.okta.com"', 'acme.okta.com'],
    ['<https://acme.okta.com>', 'acme.okta.com'],
    ['(acme.okta.com)', 'acme.okta.com'],
    ['acme.okta.com.', 'acme.okta.com'],
    ['acme.okta.com,', 'acme.okta.com'],
    ['\u200Bacme.okta.com\uFEFF', 'acme.okta.com'],
    ['ac\u00ADme.okta.com', 'acme.okta.com'],
    ['\u00A0acme.okta.com\n', 'acme.okta.com'],
    ['//acme.okta.com', 'acme.okta.com'],
    ['https:acme.okta.com', 'acme.okta.com'],
    ['https:/acme.okta.com', 'acme.okta.com'],
    ['https//acme.okta.com', 'acme.okta.com'],
    ['https:///acme.okta.com', 'acme.okta.com'],
    ['https://https://acme.okta.com', 'acme.okta.com'],
    ['http://https://acme.okta.com', 'acme.okta.com'],
    ['https%3A%2F%2Facme.okta.com%2F', 'acme.okta.com'],
    ['acme.okta.com\\admin', 'acme.okta.com'],
    ['acme.okta-emea.com', 'acme.okta-emea.com'],
    ['acme.okta-gov.com', 'acme.okta-gov.com'],
    ['acme.okta.mil', 'acme.okta.mil'],
    ['id.acme.test', 'id.acme.test'],
    ['login.acme.test', 'login.acme.test'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['ACME\uFF0Eokta\uFF0Ecom', 'acme.okta.com'],
  ])('B129 B130 B131 B132 B135: %j', (pasted, host) => {
    expect(parseDomain(pasted)).toMatchObject({ origin: `https://${host}`, host })
  })

  test('B133: the admin console becomes the org, and says so', () => {
    expect(parseDomain('https://acme-admin.okta.com/admin/dashboard')).toEqual({
      origin: 'https://acme.okta.com',
      host: 'acme.okta.com',
      notes: ['acme-admin.okta.com is the admin console; the org itself is acme.okta.com.'],
    })
    expect(parseDomain('acme-admin.okta-gov.com').host).toBe('acme.okta-gov.com')
  })

  test.each(['foo-admin-bar.okta.com', 'login-admin.acme.test', 'acme.admin.okta.com'])(
    'B133: %s keeps its name',
    (host) => {
      expect(parseDomain(host)).toEqual({ origin: `https://${host}`, host, notes: [] })
    },
  )

  test('an international name goes out in its network form, and says so', () => {
    const { host, notes } = parseDomain('https://b\u00fccher.example/')
    expect(host).toBe('xn--bcher-kva.example')
    expect(notes).toHaveLength(1)
  })
})

describe('an address that is no Okta domain', () => {
  test('B129: a bare tenant name is answered with a suggestion', () => {
    expect(refusal('acme')).toMatchObject({ code: 'domain_invalid' })
    expect(refusal('acme').message).toContain('Did you mean acme.okta.com?')
    expect(refusal('https://acme/').message).toContain('Did you mean acme.okta.com?')
    expect(refusal('acme.okta').message).toContain('Did you mean acme.okta.com?')
  })

  test.each([
    '',
    '  ',
    'https://',
    'not a domain',
    'acme..okta.com',
    '-admin.okta.com',
    '-acme.okta.com',
    'acme_x.okta.com',
    `${'a'.repeat(64)}.okta.com`,
    'https://{yourOktaDomain}',
    'https://\u0024{OKTA_DOMAIN}/',
    'yourOktaDomain.okta.com',
    'your-okta-domain',
    '<your-domain>.okta.com',
    'okta.com',
    'www.okta.com',
    'login.okta.com',
    'acme.okta.com acme2.okta.com',
    'acme.okta.com:abc',
  ])('%j is invalid', (pasted) => {
    expect(refusal(pasted).code).toBe('domain_invalid')
  })

  test.each([
    'http://acme.okta.com',
    'ftp://acme.okta.com',
    'https://http://acme.okta.com',
    'https://acme.okta.com:8443',
    'acme.okta.com:80',
    'https://u:p@acme.okta.com',
    'jane@acme.okta.com',
    'https://acme.okta.com@evil.example/',
    '127.0.0.1',
    'https://10.1.2.3/',
    '93.184.216.34',
    '2130706433',
    '0x7f.1',
    'https://[::1]/',
    'https://[2606:4700::1111]',
    'localhost',
    'okta.localhost',
    'okta.local',
    'metadata.google.internal',
    'http://127.0.0.1:4010',
  ])('B135: %j is refused', (pasted) => {
    expect(refusal(pasted).code).toBe('domain_refused')
  })

  test('an address on this machine is answered with the setting that lets a simulated org be read', () => {
    expect(refusal('http://127.0.0.1:4010').message).toContain(
      'ROLLCALL_ALLOWED_INSECURE_ORIGINS=http://127.0.0.1:4010',
    )
  })

  test('a password in the address is not repeated', () => {
    const { message } = refusal('https://jane:hunter2@acme.okta.com')
    expect(message).not.toMatch(/jane|hunter2/)
  })
})

describe('an origin the operator allowed', () => {
  const allowedInsecureOrigins = ['http://127.0.0.1:4010']

  test.each(['http://127.0.0.1:4010', 'http://127.0.0.1:4010/admin', '127.0.0.1:4010'])('%s is taken', (pasted) => {
    expect(parseDomain(pasted, { allowedInsecureOrigins })).toEqual({
      origin: 'http://127.0.0.1:4010',
      host: '127.0.0.1:4010',
      notes: [],
    })
  })

  test.each(['http://127.0.0.1:4011', 'http://127.0.0.1', 'http://u:p@127.0.0.1:4010', 'http://10.0.0.1:4010'])(
    '%s is not it',
    (pasted) => {
      expect(() => parseDomain(pasted, { allowedInsecureOrigins })).toThrow(
        expect.objectContaining({ code: 'domain_refused' }),
      )
    },
  )
})

test('only hosts under Okta suffixes have an admin twin', () => {
  expect(adminTwin('acme.okta.com')).toBe('acme-admin.okta.com')
  expect(adminTwin('acme-admin.okta.com')).toBe('acme.okta.com')
  expect(adminTwin('login.acme.test')).toBeNull()
})
