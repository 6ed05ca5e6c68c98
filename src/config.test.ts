import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type Environment, readConfig } from './config.ts'
import { AppError } from './errors.ts'

const LINUX = { platform: 'linux', uid: 1000, home: '/home/ada' }

function mistake(env: Environment): string {
  try {
    readConfig(env, LINUX)
  } catch (error) {
    if (error instanceof AppError && error.code === 'config_invalid') return error.message
    throw error
  }
  throw new Error('no mistake was found')
}

test('everything has a default', () => {
  expect(readConfig({}, LINUX)).toEqual({
    config: {
      databaseUrl: null,
      dataDir: '/home/ada/.local/share/rollcall',
      allowedInsecureOrigins: [],
      logLevel: 'warn',
      rateShare: 0.9,
      maxInFlight: null,
      encryptionKeys: [],
      publicUrl: null,
      apiRateLimit: 6_000,
      egressAddresses: [],
      metricsToken: null,
      changesDays: 90,
    },
    warnings: [],
  })
})

test('an empty variable is an unset one', () => {
  expect(readConfig({ DATABASE_URL: '', ROLLCALL_LOG: '' }, LINUX).config.databaseUrl).toBeNull()
})

test.each([
  [{}, { ...LINUX, uid: 0, home: '/root' }, '/var/lib/rollcall'],
  [{ XDG_DATA_HOME: '/data' }, LINUX, '/data/rollcall'],
  [{ XDG_DATA_HOME: 'relative' }, LINUX, '/home/ada/.local/share/rollcall'],
  [{}, { platform: 'darwin', uid: 501, home: '/Users/ada' }, '/Users/ada/Library/Application Support/rollcall'],
  [{ ROLLCALL_DATA_DIR: '~/okta' }, LINUX, '/home/ada/okta'],
])('the data folder of %j on %j is %s', (env, machine, expected) => {
  expect(readConfig(env, machine).config.dataDir).toBe(expected)
})

test('all mistakes are told at once, one line each', () => {
  const message = mistake({
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    ROLLCALL_LOG: 'loud',
    ROLLCALL_RATE_SHARE: '90',
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: 'http://127.0.0.1:8080, http://localhost:8080',
  })
  expect(message.split('\n')).toEqual([
    '4 settings are wrong:',
    'DATABASE_URL must start with postgres:// or postgresql://.',
    'ROLLCALL_ALLOWED_INSECURE_ORIGINS takes exact origins like http://127.0.0.1:8080, separated by commas; "http://localhost:8080" is not one.',
    'ROLLCALL_LOG must be one of silent, error, warn, info, debug.',
    'ROLLCALL_RATE_SHARE must be a number above 0 and at most 1, and is "90".',
  ])
})

test.each(['mysql://root:hunter2@db/x', 'postgres://u:hunter2#9@db/x', 'hunter2'])(
  'a mistake in DATABASE_URL does not show its password: %s',
  (url) => {
    expect(mistake({ DATABASE_URL: url })).not.toContain('hunter2')
  },
)

test.each([
  'https://127.0.0.1:8080',
  'http://10.0.0.1:8080',
  'http://127.0.0.1',
  'http://127.0.0.1:99999',
  'http://127.0.0.1:80/x',
  '*',
])('%s may not be an insecure origin', (origin) => {
  expect(mistake({ ROLLCALL_ALLOWED_INSECURE_ORIGINS: origin })).toContain(`"${origin}" is not one`)
})

test('a variable that only looks like a setting is told, with the nearest one', () => {
  const { warnings } = readConfig({ ROLLCALL_DATADIR: '/x', ROLLCALL_LOG: 'info' }, LINUX)
  expect(warnings).toEqual(['ROLLCALL_DATADIR is not a setting of Rollcall; the nearest one is ROLLCALL_DATA_DIR.'])
})

describe('encryption keys', () => {
  const [first, second, third] = [1, 2, 3].map(() => randomBytes(32))
  const [base64, hex] = [first?.toString('base64') ?? '', second?.toString('hex') ?? '']

  test('are given as base64 or hex, the current one first, previous ones separated by commas', () => {
    const { config } = readConfig(
      {
        ROLLCALL_ENCRYPTION_KEY: `${base64}\n`,
        ROLLCALL_PREVIOUS_ENCRYPTION_KEYS: `${hex}, ${third?.toString('base64url')},`,
      },
      LINUX,
    )
    expect(config.encryptionKeys).toEqual([first, second, third])
  })

  test.each([
    'hunter2-hunter2',
    'ab'.repeat(31),
    `${'ab'.repeat(32)}, ${'cd'.repeat(32)}`,
    randomBytes(33).toString('base64'),
  ])('one that is none is refused with how to make one, and is not shown: %s', (value) => {
    const message = mistake({ ROLLCALL_ENCRYPTION_KEY: value })
    expect(message).toContain('ROLLCALL_ENCRYPTION_KEY must be 32 bytes in base64')
    expect(message).toContain('openssl rand -base64 32')
    expect(message).not.toContain(value)
  })

  test('a mistake among the previous ones shows none of them', () => {
    const message = mistake({
      ROLLCALL_ENCRYPTION_KEY: base64,
      ROLLCALL_PREVIOUS_ENCRYPTION_KEYS: `${hex},hunter2-hunter2`,
    })
    expect(message).toContain('ROLLCALL_PREVIOUS_ENCRYPTION_KEYS takes keys separated by commas')
    for (const secret of [base64, hex, 'hunter2']) expect(message).not.toContain(secret)
  })

  test('previous ones need a current one', () => {
    expect(mistake({ ROLLCALL_PREVIOUS_ENCRYPTION_KEYS: hex })).toBe(
      'ROLLCALL_PREVIOUS_ENCRYPTION_KEYS needs ROLLCALL_ENCRYPTION_KEY beside it.',
    )
  })
})

test.each([
  ['https://rollcall.example.com', 'https://rollcall.example.com'],
  ['https://Rollcall.example.com/', 'https://rollcall.example.com'],
  [' http://10.0.0.7:8484/tools/rollcall// ', 'http://10.0.0.7:8484/tools/rollcall'],
])('the public address %j is %s', (given, expected) => {
  expect(readConfig({ ROLLCALL_PUBLIC_URL: given }, LINUX).config.publicUrl).toBe(expected)
})

test.each([
  'rollcall.example.com',
  'ftp://a.b',
  'https://u:hunter2@a.b',
  'https://a.b/?hunter2',
  'https://a.b/#hunter2',
])('%s is no public address, and is not shown', (value) => {
  const message = mistake({ ROLLCALL_PUBLIC_URL: value })
  expect(message).toContain('ROLLCALL_PUBLIC_URL must be an http or https address')
  expect(message).not.toContain('hunter2')
})

test('the rate limit of the API is a whole number of requests, 0 for none', () => {
  expect(readConfig({ ROLLCALL_API_RATE_LIMIT: '0' }, LINUX).config.apiRateLimit).toBe(0)
  expect(readConfig({ ROLLCALL_API_RATE_LIMIT: '250' }, LINUX).config.apiRateLimit).toBe(250)
  for (const wrong of ['-1', '1.5', 'many', '1000001']) {
    expect(mistake({ ROLLCALL_API_RATE_LIMIT: wrong })).toContain('ROLLCALL_API_RATE_LIMIT must be a number from 0')
  }
})

test('a metrics token is long enough to be one, and is not shown where it is not', () => {
  const token = randomBytes(24).toString('base64url')
  expect(readConfig({ ROLLCALL_METRICS_TOKEN: `${token}\n` }, LINUX).config.metricsToken).toBe(token)
  for (const wrong of ['hunter2', 'hunter2 hunter2 hunter2', 'hunter2é'.repeat(3)]) {
    const message = mistake({ ROLLCALL_METRICS_TOKEN: wrong })
    expect(message).toContain('ROLLCALL_METRICS_TOKEN must be at least 16')
    expect(message).not.toContain('hunter2')
  }
})

test('egress addresses are addresses or ranges, and nothing else', () => {
  const read = (text: string) => readConfig({ ROLLCALL_EGRESS_ADDRESSES: text }, LINUX).config.egressAddresses
  expect(read('203.0.113.7, 198.51.100.0/28,2001:db8::/48')).toEqual([
    '203.0.113.7',
    '198.51.100.0/28',
    '2001:db8::/48',
  ])
  for (const wrong of ['egress.acme.com', '203.0.113.7/33', '203.0.113', '203.0.113.7/24/1', '203.0.113.7/'])
    expect(() => read(wrong)).toThrow(/takes IP addresses or ranges/)
})
