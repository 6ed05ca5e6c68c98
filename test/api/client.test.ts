import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRollcall, dataOf, pages, type Rollcall, RollcallError, type Schema } from '../../src/client/index.ts'
import { openTwoEnvironments, type TwoEnvironments } from './two-environments.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

describe('the client, with a server', () => {
  let api: TwoEnvironments
  let client: Rollcall
  beforeAll(async () => {
    api = await openTwoEnvironments()
    client = createRollcall({ baseUrl: api.base, apiKey: api.a.key, connectionId: api.a.connectionId })
  })
  afterAll(() => api.close())

  it('reads a record by path and id', async () => {
    const { items } = await dataOf(client.GET('/idp/users', { params: { query: { limit: 1 } } }))
    const [first] = items
    if (!first) throw new Error('no user')
    const user = await dataOf(client.GET('/idp/users/{user_id}', { params: { path: { user_id: first.id } } }))
    expect(user).toEqual(first)
  })

  it('walks a list to its end, with the filter of the first page', async () => {
    const { total } = await dataOf(client.GET('/idp/users', { params: { query: { status: 'active' } } }))
    const walked: Schema<'UserWithIncludes'>[] = []
    let count = 0
    for await (const page of pages(client, '/idp/users', { query: { status: 'active', limit: 5 } })) {
      expect(page.length).toBeLessThanOrEqual(5)
      walked.push(...page)
      count++
    }
    expect(count).toBeGreaterThan(1)
    expect(new Set(walked.map(({ id }) => id)).size).toBe(total)
    expect(walked.every(({ status }) => status === 'active')).toBe(true)
  })

  it('walks what belongs to a record', async () => {
    const { items } = await dataOf(client.GET('/idp/users'))
    let rows = 0
    for (const { id } of items.slice(0, 5)) {
      for await (const groups of pages(client, '/idp/users/{user_id}/groups', { path: { user_id: id } }))
        rows += groups.length
    }
    expect(rows).toBeGreaterThan(0)
  })

  it('writes, with a typed body', async () => {
    const organization = await dataOf(
      client.POST('/provisioning/organizations', { body: { name: 'Initech', identifier: '7' } }),
    )
    expect(organization).toMatchObject({ name: 'Initech', identifier: '7' })
  })

  it('throws what went wrong, with its code and the name of the request', async () => {
    const stranger = createRollcall({ baseUrl: `${api.base}/v1/`, apiKey: 'rck_no', connectionId: api.a.connectionId })
    const error = await pages(stranger, '/idp/groups')
      .next()
      .catch((thrown: unknown) => thrown)
    if (!(error instanceof RollcallError)) throw error
    expect(error).toMatchObject({ status: 401, code: 'api_key_invalid', detail: 'Invalid API Key' })
    expect(error.requestId).toMatch(/^[\w.-]{8,}$/)
    expect(error.message).not.toContain('rck_no')
  })

  it('throws the list of mistakes of a request that cannot be understood', async () => {
    const call = client.GET('/idp/users', { params: { query: { limit: -1 } } })
    await expect(dataOf(call)).rejects.toMatchObject({
      status: 422,
      code: 'invalid_request',
      detail: [expect.objectContaining({ loc: ['query', 'limit'] })],
    })
  })
})

describe('the client, when there were too many requests', () => {
  const slept: number[] = []
  /** A server that answers 429 so many times, and then 200. */
  const clientOf = (refusals: number, retryAfter: string | null, retries = 4) => {
    const bodies: string[] = []
    slept.length = 0
    const client = createRollcall({
      baseUrl: 'https://rollcall.example.com',
      patience: { retries },
      sleep: async (ms) => void slept.push(ms),
      fetch: async (request) => {
        bodies.push(await request.text())
        if (bodies.length > refusals) return Response.json({ id: 'x' })
        const body = { detail: 'Too many', code: 'too_many_requests', request_id: 'abcdefgh' }
        return Response.json(body, { status: 429, headers: retryAfter === null ? {} : { 'retry-after': retryAfter } })
      },
    })
    return { bodies, answer: client.POST('/provisioning/organizations', { body: { name: 'A' } }) }
  }

  it('waits as long as the answer asks, and sends the same again', async () => {
    const { bodies, answer } = clientOf(2, '3')
    expect(await dataOf(answer)).toEqual({ id: 'x' })
    expect(slept).toEqual([3_000, 3_000])
    expect(bodies).toEqual(['{"name":"A"}', '{"name":"A"}', '{"name":"A"}'])
  })

  it.each([
    ['after a few tries', 9, '1', 4, 4],
    ['at once when it is told not to try again', 9, '1', 0, 0],
    ['at once when the wait is longer than it has patience for', 9, '3600', 4, 0],
  ])('gives up %s', async (_, refusals, retryAfter, retries, waits) => {
    const { answer } = clientOf(refusals, retryAfter, retries)
    await expect(dataOf(answer)).rejects.toMatchObject({
      status: 429,
      code: 'too_many_requests',
      requestId: 'abcdefgh',
    })
    expect(slept).toHaveLength(waits)
  })

  it('waits a second where the answer does not say how long', async () => {
    await clientOf(1, null).answer
    expect(slept).toEqual([1_000])
  })

  it('makes an error of a page that a proxy put in the place of an answer', async () => {
    const client = createRollcall({
      baseUrl: 'https://rollcall.example.com',
      fetch: async () => new Response('<h1>Bad gateway</h1>', { status: 502, statusText: 'Bad Gateway' }),
    })
    await expect(dataOf(client.GET('/connectors'))).rejects.toMatchObject({
      status: 502,
      code: 'unknown',
      requestId: null,
    })
  })
})

const CONSUMER = `import { createRollcall, dataOf, pages, RollcallError, type Schema } from 'rollcall/client'
const client = createRollcall({ baseUrl: 'https://rollcall.example.com', apiKey: 'rck_x' })
export async function emails(): Promise<(string | null)[]> {
  const all: (string | null)[] = []
  for await (const users of pages(client, '/idp/users', { query: { limit: 500 } })) all.push(...users.map(({ email }) => email))
  return all
}
export const one = (id: string): Promise<Schema<'GroupWithIncludes'>> =>
  dataOf(client.GET('/idp/groups/{group_id}', { params: { path: { group_id: id } } }))
export const codeOf = (thrown: unknown): string => (thrown instanceof RollcallError ? thrown.code : '')
// @ts-expect-error there is no such list
pages(client, '/idp/nothing')
// @ts-expect-error a group has no email
one('x').then((group) => group.email)
`

describe('the client, in a package', () => {
  it('is what `rollcall/client` leads to, with types and without anything else of Rollcall', async () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    expect(manifest.files).toContain('dist')
    const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-client-'))
    const installed = path.join(folder, 'node_modules/rollcall')
    mkdirSync(installed, { recursive: true })
    cpSync(path.join(root, 'package.json'), path.join(installed, 'package.json'))
    for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
      symlinkSync(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name))
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(path.join(folder, 'consumer.ts'), CONSUMER)
    const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder })
    const tsc = (...args: string[]) => node(path.join(root, 'node_modules/typescript/bin/tsc'), ...args)
    try {
      const dist = path.join(installed, 'dist')
      await tsc('-p', path.join(root, 'tsconfig.client.json'), '--emitDeclarationOnly', 'false', '--outDir', dist)
      const checks = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023,dom']
      await tsc('consumer.ts', ...checks)
      const { stdout } = await node(
        '-e',
        "import('rollcall/client').then((all) => console.log(Object.keys(all).sort().join()))",
      )
      expect(stdout.trim()).toBe('RollcallError,createRollcall,dataOf,pages')
    } catch (thrown) {
      const { stdout = '', message = '' } = thrown as { stdout?: string; message?: string }
      throw new Error(`${message}\n${stdout}`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)
})
