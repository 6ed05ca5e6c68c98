import { describe, expect, test } from 'vitest'
import { AppError } from '../../../errors.ts'
import type { Page } from '../../connector.ts'
import type { ListOptions } from './client.ts'
import { KnownHosts } from './known-hosts.ts'
import { oktaClient } from './okta-client.ts'
import { PageSizes } from './page-size.ts'
import { ResponseHeaders } from './response-headers.ts'

const ORIGIN = 'https://acme.okta.com'

interface Answer {
  readonly json?: unknown
  /** Target of the next link, in the header. */
  readonly next?: string
}

const FAILED = new AppError('okta_unavailable', 'Okta answered 500.', { details: { status: 500 } })
const LATE = new AppError('okta_timeout', 'late')

/** A client over answers that a test decides by path. */
function clientOf(answer: (path: string) => Answer | AppError, sizes = new PageSizes()) {
  const asked: string[] = []
  const client = oktaClient(
    {
      origin: ORIGIN,
      sizes,
      hosts: new KnownHosts(['acme.okta.com'], async () => ({})),
      asker: async () => ({ kind: 'api_token' }),
      send: async ({ path }) => {
        asked.push(path)
        const given = answer(path)
        if (given instanceof AppError) throw given
        const headers = new ResponseHeaders(given.next ? { link: `<${given.next}>; rel="next"` } : {})
        return { status: 200, headers, body: '', receivedAt: 0, json: given.json ?? [] }
      },
    },
    { resource: 'users', background: false, signal: new AbortController().signal, onRequest() {} },
  )
  return { client, asked }
}

async function readAll(
  client: ReturnType<typeof clientOf>['client'],
  path: string,
  options: Omit<ListOptions, 'cursor'>,
) {
  const items: unknown[] = []
  let cursor: string | null = null
  do {
    const page: Page = await client.list(path, { ...options, cursor })
    if (page.cutOff) throw page.cutOff
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== null)
  return items
}

const limitOf = (path: string) => Number(/[?&]limit=(\d+)/.exec(path)?.[1])
const afterOf = (path: string) => Number(/[?&]after=(\d+)/.exec(path)?.[1] ?? 0)

/** A listing of `total` numbers whose pages may fail. */
function numbers(total: number, isFailing: (path: string) => boolean, path = '/api/v1/groups') {
  return (asked: string): Answer | AppError => {
    if (isFailing(asked)) return FAILED
    const [from, size] = [afterOf(asked), limitOf(asked)]
    const json = Array.from({ length: Math.min(size, total - from) }, (_, number) => from + number)
    const kept = asked.includes('expand=stats') ? '&expand=stats' : ''
    return {
      json,
      next: from + size < total ? `${ORIGIN}${path}?after=${from + size}&limit=${size}${kept}` : undefined,
    }
  }
}

describe('a listing', () => {
  test('B051 B052 B057: is read to its last next link, whatever the pages hold', async () => {
    const pages: Record<string, Answer> = {
      '/api/v1/users?limit=2': { json: [1, 2], next: `${ORIGIN}/api/v1/users?after=a&limit=2` },
      '/api/v1/users?after=a&limit=2': { json: [], next: `${ORIGIN}/api/v1/users?after=b&limit=2` },
      '/api/v1/users?after=b&limit=2': { json: null, next: `${ORIGIN}/api/v1/users?after=c&limit=2` },
      '/api/v1/users?after=c&limit=2': { json: [3] },
    }
    const { client, asked } = clientOf((path) => pages[path] ?? FAILED)
    expect(await readAll(client, '/api/v1/users', { query: { limit: 2 } })).toEqual([1, 2, 3])
    expect(asked).toHaveLength(4)
  })

  test('B048: goes on byte for byte, with the parameters that the link lost', async () => {
    const next = `${ORIGIN}/api/v1/apps/0oa1/users?after=a%2Bb%3D%3D`
    const { client, asked } = clientOf((path) => (path.includes('after') ? { json: [2] } : { json: [1], next }))
    await readAll(client, '/api/v1/apps/0oa1/users', { query: { limit: 500, expand: 'user', q: undefined } })
    expect(asked).toEqual([
      '/api/v1/apps/0oa1/users?limit=500&expand=user',
      '/api/v1/apps/0oa1/users?after=a%2Bb%3D%3D&limit=500&expand=user',
    ])
  })

  test('without a limit is asked without one', async () => {
    const { client, asked } = clientOf(() => ({ json: [1] }))
    expect(await client.list('/api/v1/users/00u1/factors', { cursor: null })).toEqual({ items: [1], next: null })
    expect(asked).toEqual(['/api/v1/users/00u1/factors'])
  })

  test.each([
    ['a foreign host', 'https://evil.example/api/v1/users?after=1'],
    ['another listing', `${ORIGIN}/api/v1/groups?after=1`],
  ])('B056: with a next link to %s is good, and cut off after its items', async (_name, next) => {
    const { client } = clientOf(() => ({ json: [1], next }))
    const cutOff = expect.objectContaining({ code: 'unsafe_link' })
    expect(await client.list('/api/v1/users', { cursor: null })).toEqual({ items: [1], next: null, cutOff })
  })

  test.each(['/api/v1/groups?after=1', 'https://evil.example/', '//evil.example/api/v1/users'])(
    'does not take the cursor %s of another one',
    async (cursor) => {
      const { client, asked } = clientOf(() => ({ json: [] }))
      await expect(client.list('/api/v1/users', { cursor })).rejects.toMatchObject({ code: 'unsafe_link' })
      expect(asked).toEqual([])
    },
  )

  test('B058: whose next link is the page itself is a loop', async () => {
    const next = `${ORIGIN}/api/v1/users?limit=2&after=x`
    const { client } = clientOf(() => ({ json: [1, 2], next }))
    const second = client.list('/api/v1/users', { query: { limit: 2 }, cursor: '/api/v1/users?after=x&limit=2' })
    expect(await second).toMatchObject({ items: [1, 2], next: null, cutOff: { code: 'paging_loop' } })
  })

  test('B044: the log may stand still on an empty page', async () => {
    const cursor = '/api/v1/logs?after=abc&limit=1000'
    const { client } = clientOf(() => ({ json: [], next: ORIGIN + cursor }))
    expect(await client.list('/api/v1/logs', { query: { limit: 1000 }, cursor })).toEqual({ items: [], next: cursor })
    const busy = clientOf(() => ({ json: [1], next: ORIGIN + cursor }))
    expect(await busy.client.list('/api/v1/logs', { cursor })).toMatchObject({ cutOff: { code: 'paging_loop' } })
  })

  test("the log's cursor replaces its start", async () => {
    const { client, asked } = clientOf(() => ({ json: [] }))
    const query = { since: '2026-01-01T00:00:00Z', sortOrder: 'ASCENDING', limit: 1000 }
    await client.list('/api/v1/logs', { query, cursor: '/api/v1/logs?after=abc' })
    expect(asked).toEqual(['/api/v1/logs?after=abc&sortOrder=ASCENDING&limit=1000'])
  })
})

describe('B055: a listing that pages through its body', () => {
  const options = { query: { limit: 1 }, paging: 'body', items: 'value' } as const
  const path = '/api/v1/iam/assignees/users'

  test('is read to its last link, over https', async () => {
    const next = { href: 'http://acme.okta.com/api/v1/iam/assignees/users?after=u2&limit=1' }
    const { client, asked } = clientOf((at) =>
      at.includes('after') ? { json: { value: ['u2'] } } : { json: { value: ['u1'], _links: { next } } },
    )
    expect(await readAll(client, path, options)).toEqual(['u1', 'u2'])
    expect(asked[1]).toBe('/api/v1/iam/assignees/users?after=u2&limit=1')
  })

  test.each([[{}], [{ value: null }], [{ _links: {} }], [null]])('takes %j for empty', async (json) => {
    const { client } = clientOf(() => ({ json }))
    expect(await client.list(path, { ...options, cursor: null })).toEqual({ items: [], next: null })
  })

  test.each([
    [{ message: 'try later' }],
    [{ value: 'x' }],
    [{ value: {} }],
    [{ errorCode: 'E1' }],
    [{ errorCode: { toString: 1 } }],
  ])('does not take %j for a list', async (json) => {
    const { client } = clientOf(() => ({ json }))
    await expect(client.list(path, { ...options, cursor: null })).rejects.toMatchObject({ code: 'okta_not_json' })
  })
})

describe('a page that is too much for Okta', () => {
  const options = { query: { limit: 200, expand: 'stats' }, optional: ['expand'] }

  test('B027 B028: is halved with the same cursor, and grows back later', async () => {
    const { client, asked } = clientOf(numbers(900, (path) => afterOf(path) === 200 && limitOf(path) > 60))
    const items = await readAll(client, '/api/v1/groups', options)
    expect(items).toEqual(Array.from({ length: 900 }, (_, number) => number))
    expect(asked.map(limitOf)).toEqual([200, 200, 100, 50, 50, 50, 50, 100, 100, 100, 200])
    expect(asked.every((path) => path.includes('expand=stats'))).toBe(true)
  })

  test('B030: is halved after a time-out, too', async () => {
    const { client, asked } = clientOf((path) => (limitOf(path) > 100 ? LATE : { json: [1] }))
    await client.list('/api/v1/groups', { ...options, cursor: null })
    expect(asked.map(limitOf)).toEqual([200, 100])
  })

  test('B027: loses its optional parameters when even the smallest fails, and gets them back', async () => {
    const { client, asked } = clientOf(numbers(40, (path) => path.includes('expand') && afterOf(path) < 3))
    const items = await readAll(client, '/api/v1/groups', options)
    expect(items).toEqual(Array.from({ length: 40 }, (_, number) => number))
    expect(asked.slice(0, 9).map(limitOf)).toEqual([200, 100, 50, 25, 12, 10, 5, 2, 1])
    expect(asked[9]).toBe('/api/v1/groups?limit=10')
    const later = await client.list('/api/v1/groups', { ...options, cursor: '/api/v1/groups?after=30' })
    expect(later.items).toHaveLength(10)
    for (let i = 0; i < 20; i++) await client.list('/api/v1/groups', { ...options, cursor: '/api/v1/groups?after=30' })
    expect(asked.at(-1)).toBe('/api/v1/groups?after=30&limit=200&expand=stats')
  })

  test('is halved down to a single row around one that breaks it', async () => {
    const isPoisoned = (path: string) => afterOf(path) <= 13 && afterOf(path) + limitOf(path) > 13 && limitOf(path) > 1
    const { client } = clientOf(numbers(40, isPoisoned))
    expect(await readAll(client, '/api/v1/groups', { query: { limit: 20 } })).toHaveLength(40)
  })

  test('B062: that fails in every way is no end of the listing', async () => {
    const { client } = clientOf(numbers(400, (path) => afterOf(path) === 200))
    await expect(readAll(client, '/api/v1/groups', options)).rejects.toBe(FAILED)
  })

  test('is remembered for its kind of listing only', async () => {
    const sizes = new PageSizes()
    const isFailing = (path: string) => path.startsWith('/api/v1/groups/') && limitOf(path) > 100
    const { client, asked } = clientOf((path) => (isFailing(path) ? FAILED : { json: [1] }), sizes)
    const query = { limit: 200 }
    await client.list('/api/v1/groups/00g1/users', { query, cursor: null })
    await client.list('/api/v1/groups/00g2/users', { query, cursor: null })
    await client.list('/api/v1/groups', { query, cursor: null })
    expect(asked.map(limitOf)).toEqual([200, 100, 100, 200])
  })

  test('that fails again after growing is left small for longer each time', async () => {
    const { client, asked } = clientOf((path) => (limitOf(path) > 100 ? FAILED : { json: [1] }))
    for (let i = 0; i < 40; i++) await client.list('/api/v1/groups', { query: { limit: 200 }, cursor: null })
    expect(asked.filter((path) => limitOf(path) === 200)).toHaveLength(4)
  })

  test('is not halved for other failures', async () => {
    const { client, asked } = clientOf(() => new AppError('okta_unavailable', 'x', { details: { status: 503 } }))
    await expect(client.list('/api/v1/groups', { ...options, cursor: null })).rejects.toMatchObject({
      details: { status: 503 },
    })
    expect(asked).toHaveLength(1)
  })
})
