import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CANARY, expectRefusal, rollcall } from './rollcall.ts'

/** A web server that is no Okta. */
let other: Server
let otherOrigin: string
let folder: string
const withToken = { OKTA_API_TOKEN: CANARY }

beforeAll(async () => {
  other = createServer((_request, response) => response.end('<html>hello</html>'))
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  otherOrigin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  folder = mkdtempSync(path.join(tmpdir(), 'rollcall-e2e-'))
  writeFileSync(path.join(folder, 'empty'), '\n')
})

afterAll(() => {
  other.close()
  rmSync(folder, { recursive: true, force: true })
})

describe.concurrent('each mistake is answered with one sentence and exit code 1', () => {
  test.for<[string, string[], string, Record<string, string>?]>([
    ['no domain', ['sync'], 'The option --domain is missing.'],
    [
      'a token as an argument',
      ['check', '--domain', 'acme.okta.com', '--token', CANARY],
      'not taken from the command line',
    ],
    ['the same with =', ['sync', '--domain', 'acme.okta.com', `--token=${CANARY}`], 'not taken from the command line'],
    ['a token in a mistyped option', ['sync', `--tokn=${CANARY}`], "Unknown option '--tokn'."],
    ['no token', ['sync', '--domain', 'acme.okta.com'], 'There is no Okta API token. Set OKTA_API_TOKEN'],
    ['an empty token', ['sync', '--domain', 'acme.okta.com'], 'There is no Okta API token.', { OKTA_API_TOKEN: '""' }],
    [
      'a malformed token',
      ['sync', '--domain', 'acme.okta.com'],
      'cannot be',
      { OKTA_API_TOKEN: `${CANARY} ${CANARY}` },
    ],
    [
      'no such token file',
      ['sync', '--domain', 'a.okta.com', '--token-file', '/nope'],
      '/nope cannot be read (ENOENT)',
    ],
    ['http', ['check', '--domain', 'http://acme.okta.com'], 'https only', withToken],
    ['a private address', ['check', '--domain', 'https://10.0.0.7'], 'An IP address cannot be used', withToken],
    ['an unreachable host', ['check', '--domain', 'acme.okta.invalid'], 'acme.okta.invalid', withToken],
    ['a number out of range', ['sync', '--log-days', '91'], 'It must be a whole number from 1 to 90.'],
    ['an unknown resource', ['sync', '--page-size', 'people=5'], '--page-size takes RESOURCE=ROWS'],
    ['a page too big', ['sync', '--page-size', 'users=5000'], '--page-size: users takes 1 to 200 rows.'],
    ['an unknown command', ['snyc'], "Unknown command 'snyc' (Did you mean sync?)."],
    ['an unknown fault', ['sim', '--fault', 'earthquake'], 'There is no fault "earthquake"'],
    ['an unknown org', ['sim', '--org', 'huge'], 'Allowed choices are small, r1, r2'],
    [
      'a data folder that is none',
      ['export', 'user'],
      'cannot use the data folder',
      { ROLLCALL_DATA_DIR: '/dev/null' },
    ],
    [
      'no database there',
      ['export', 'user'],
      'The database does not answer (ECONNREFUSED). Check DATABASE_URL',
      { DATABASE_URL: 'postgres://rollcall:canary-password@127.0.0.1:1/rollcall' },
    ],
  ])('%s', async ([, args, sentence, env], { expect: _ }) => {
    expectRefusal(await rollcall(args, env), sentence)
  })
})

test('a host that is not Okta never sees the token', async () => {
  let seen = ''
  other.on('request', (request) => {
    seen += JSON.stringify(request.headers)
  })
  const env = { ...withToken, ROLLCALL_ALLOWED_INSECURE_ORIGINS: otherOrigin }
  const ended = await rollcall(['sync', '--domain', otherOrigin, '--json'], env)
  expectRefusal(ended, 'Check the domain')
  expect(JSON.parse(ended.stdout).error).toMatchObject({ code: 'not_an_okta_org' })
  expect(seen).not.toContain(CANARY)
})

test('an empty token file is answered as no token', async () => {
  const ended = await rollcall([
    'check',
    '--domain',
    'acme.okta.com',
    '--token-file',
    path.join(folder, 'empty'),
    '--json',
  ])
  expectRefusal(ended, 'There is no Okta API token.')
  expect(JSON.parse(ended.stdout)).toEqual({
    error: {
      code: 'token_missing',
      message: 'There is no Okta API token.',
      remedy: 'Set OKTA_API_TOKEN, pass --token-file, or type it at the prompt.',
    },
  })
})

test('all mistakes in the settings are told at once, and --help needs no settings', async () => {
  const env = { ROLLCALL_LOG: 'loud', ROLLCALL_RATE_SHARE: '2', ROLLCALL_DATADIR: '/x' }
  const ended = await rollcall(['export', 'user'], env)
  expectRefusal(ended, '2 settings are wrong:')
  expect(ended.stderr).toContain('ROLLCALL_LOG must be one of')
  expect(ended.stderr).toContain('ROLLCALL_RATE_SHARE must be a number above 0')
  const help = await rollcall(['sync', '--help'], env)
  expect(help.stdout).toContain('Examples:\n  rollcall sync --domain acme.okta.com')
  expect(help.code).toBe(0)
})

test('debug shows where an error came from, and no secret', async () => {
  const env = { DATABASE_URL: 'postgres://rollcall:canary-password@127.0.0.1:1/rollcall', ROLLCALL_LOG: 'debug' }
  const { stderr } = await rollcall(['export', 'user'], env)
  expect(stderr).toContain('caused by Error: connect ECONNREFUSED')
  expect(stderr).toMatch(/^\s+at /m)
})
