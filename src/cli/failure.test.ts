import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { AppError } from '../errors.ts'
import { reportFailure } from './failure.ts'
import { Output } from './output.ts'
import { Secrets } from './redact.ts'

const TOKEN = '00CANARYcanaryCANARYcanaryCANARYcanary0000'

function report(error: AppError, options: { isJson?: boolean; isDebug?: boolean } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const secrets = new Secrets()
  secrets.add(TOKEN)
  secrets.addUrl('postgres://u:p%40ssword@host/db')
  const output = new Output({ stdout, stderr, env: {} })
  reportFailure(error, { output, secrets, isJson: false, isDebug: false, ...options })
  return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

test('an error is a sentence and what to do about it', () => {
  const error = new AppError('database_unreachable', 'The database does not answer.', { cause: new Error('inner') })
  expect(report(error)).toEqual({
    stdout: '',
    stderr: 'Error: The database does not answer. Check DATABASE_URL and that the server is running.\n',
  })
})

test('what the sentence already says is not said again', () => {
  const error = new AppError('embedded_unavailable', 'Not available. Set DATABASE_URL to a PostgreSQL 15+ server.')
  expect(report(error).stderr).toBe('Error: Not available. Set DATABASE_URL to a PostgreSQL 15+ server.\n')
})

test('with --json it is also an object on stdout', () => {
  const { stdout } = report(new AppError('token_missing', 'None.'), { isJson: true })
  expect(JSON.parse(stdout)).toEqual({
    error: {
      code: 'token_missing',
      message: 'None.',
      remedy: 'Set OKTA_API_TOKEN, pass --token-file, or type it at the prompt.',
    },
  })
})

test.each(['', ' ', ' \t\n', 'a', ' e '])('a token that is %j garbles no sentence', (blank) => {
  const secrets = new Secrets()
  secrets.add(blank)
  expect(secrets.redact('There is no Okta API token.')).toBe('There is no Okta API token.')
})

test('an API key is not shown, whoever made it', () => {
  const key = `rck_${'aB3-_xYz9'.repeat(5).slice(0, 43)}`
  const { stdout, stderr } = report(new AppError('usage_invalid', `Unknown command '${key}'.`), { isJson: true })
  expect(stderr).toContain("Unknown command '[removed]'.")
  expect(stdout + stderr).not.toContain(key)
})

test('no secret is shown, not even in the trace of its cause', () => {
  const cause = new Error(`SSWS ${TOKEN} at postgres://u:p%40ssword@host with p@ssword`)
  const error = new AppError('internal_error', `It was ${TOKEN}.`, { cause })
  const { stdout, stderr } = report(error, { isJson: true, isDebug: true })
  expect(stderr).toContain('caused by Error: SSWS [removed] at postgres://u:[removed]@host with [removed]')
  expect(stdout + stderr).not.toContain(TOKEN)
})
