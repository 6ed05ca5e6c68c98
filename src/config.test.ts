import { expect, test } from 'vitest'
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
