import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { docsPage } from '../../src/api/docs-page.ts'
import { type Endpoint, endpoint } from '../../src/api/endpoint.ts'
import { openApiDocument } from '../../src/api/openapi.ts'
import { type JsonSchema, operationsOf } from '../../src/api/openapi-document.ts'
import { wholeNumber } from '../../src/api/parameters.ts'
import { ENDPOINTS } from '../../src/api/routes/index.ts'
import { DOCUMENT, OPERATIONS, validateAnswer } from './documented.ts'
import { openProvisioned, type Provisioned } from './provisioned.ts'
import { named } from './two-environments.ts'

const settings = { publicUrl: 'https://rollcall.example.com', version: '0.0.0' }
const text = JSON.stringify(DOCUMENT)

/** Every property of a schema, those of objects without a name included, with the way to it. */
function properties(schema: JsonSchema, place: string): [string, JsonSchema][] {
  const inner = [schema.items, ...(schema.anyOf ?? [])].filter((one) => one !== undefined)
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, property]): [string, JsonSchema][] => [
      [`${place}.${name}`, property],
      ...properties(property, `${place}.${name}`),
    ]),
    ...inner.flatMap((one) => properties(one, place)),
  ]
}

const isSentence = (words: string | undefined): boolean => /^[^a-z].+[.!?]$/s.test(words ?? '')

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with paths below /v1, which the server says, as v1 clients have it', () => {
    expect(DOCUMENT).toMatchObject({ openapi: '3.1.0', info: { title: 'Rollcall API' }, security: [] })
    expect(DOCUMENT.servers.map(({ url }) => url)).toEqual(['https://rollcall.example.com/v1'])
    expect(Object.keys(DOCUMENT.paths).filter((path) => path.startsWith('/v1'))).toEqual([])
    expect(Object.keys(DOCUMENT.paths)).toContain('/idp/groups')
    expect(DOCUMENT.components.securitySchemes['API-Key']).toMatchObject({ in: 'header', name: 'X-API-KEY' })
  })

  it('documents every operation once, in the order in which they are served', () => {
    const ids = OPERATIONS.map(({ operation }) => operation.operationId)
    expect(new Set(ids)).toEqual(new Set(ENDPOINTS.map(({ operationId }) => operationId)))
    expect(ids).toHaveLength(ENDPOINTS.length)
  })

  it('is the same text every time', () => {
    expect(JSON.stringify(openApiDocument(ENDPOINTS, settings))).toBe(text)
  })

  it('says what every field means', () => {
    const fields = Object.entries(DOCUMENT.components.schemas).flatMap(([name, schema]) => properties(schema, name))
    const more = OPERATIONS.flatMap(({ operation }) => {
      const answer = operation.responses['200']
      if (!answer || '$ref' in answer) return []
      return properties(answer.content['application/json'].schema, operation.operationId)
    })
    const silent = [...fields, ...more].filter(([, { description }]) => !isSentence(description))
    expect(silent.map(([place]) => place)).toEqual([])
    expect(fields.length).toBeGreaterThan(50)
  })

  it('says what every parameter, header, object and tag means', () => {
    const silent = [
      ...OPERATIONS.flatMap(({ operation }) =>
        (operation.parameters ?? []).map(({ name, description }) => [`${operation.operationId} ${name}`, description]),
      ),
      ...Object.entries(DOCUMENT.components.schemas).map(([name, { description }]) => [name, description]),
      ...Object.entries(DOCUMENT.components.headers).map(([name, { description }]) => [name, description]),
      ...Object.entries(DOCUMENT.components.securitySchemes).map(([name, { description }]) => [name, description]),
      ...DOCUMENT.tags.map(({ name, description }) => [name, description]),
    ].filter(([, description]) => !isSentence(description))
    expect(silent).toEqual([])
  })

  it('has no schema twice, for what goes in and for what comes out', () => {
    const names = Object.keys(DOCUMENT.components.schemas)
    expect(names.filter((name) => /(Input|Output|\d)$|^__/.test(name))).toEqual([])
    expect(text).not.toContain('9007199254740991')
  })

  it('leaves answers open to more properties', () => {
    expect(text).not.toContain('"additionalProperties":false')
  })

  it('refers to nothing that is not there, and holds nothing that nobody refers to', () => {
    const used = new Set([...text.matchAll(/"#\/components\/(\w+\/[^"]+)"/g)].map(([, place]) => place))
    const { securitySchemes: _, ...components } = DOCUMENT.components
    const there = Object.entries(components).flatMap(([kind, all]) => Object.keys(all).map((name) => `${kind}/${name}`))
    expect([...used].sort()).toEqual(there.sort())
  })

  it.each(named(OPERATIONS))('%s shows an example that its own schema allows', (operationId, { operation }) => {
    const answer = operation.responses['200']
    if (!answer || '$ref' in answer) throw new Error('no answer')
    validateAnswer(operationId, 200, answer.content['application/json'].example)
  })

  it('notices an answer that is not as documented', () => {
    expect(() => validateAnswer('list_idp_users', 200, { items: [{ id: 1 }] })).toThrow('otherwise than documented')
    expect(() => validateAnswer('list_idp_users', 418, {})).toThrow('not documented')
    const failure = { detail: 'x', code: 'job_not_found', request_id: 'abcdefgh' }
    expect(() => validateAnswer('list_idp_users', 404, failure)).toThrow('otherwise than documented')
  })
})

describe('an operation that cannot be documented', () => {
  const good = { method: 'get', path: '/v1/a', operationId: 'a', tag: 'idp', summary: 'A', access: 'open' } as const
  const response = z.object({ id: z.string().describe('Its id.') })
  const make = (more: object): Endpoint => endpoint({ ...good, response, handle: async () => ({ id: '' }), ...more })
  it.each([
    ['a name that is taken', [make({}), make({ path: '/v1/b' })], 'names two operations'],
    ['a path that is taken', [make({}), make({ operationId: 'b' })], 'is two operations'],
    ['a path outside of /v1', [make({ path: '/a' })], 'does not begin with /v1/'],
    ['a parameter without words', [make({ query: z.object({ q: z.string() }) })], 'q of a is not of a kind'],
    [
      'two objects of one name',
      [
        make({ response: z.object({}).meta({ id: 'Same' }) }),
        make({ path: '/v1/b', operationId: 'b', response: z.object({ x: z.int() }).meta({ id: 'Same' }) }),
      ],
      'Same',
    ],
  ])('is refused at once: %s', (_, endpoints, reason) => {
    expect(() => openApiDocument(endpoints, settings)).toThrow(reason)
  })

  it('is not one whose parameters were refined', () => {
    const limit = wholeNumber('Records of a page.', { from: 0, otherwise: 1 })
    const document = openApiDocument([make({ query: z.object({ limit }).refine(() => true) })], settings)
    expect(operationsOf(document)[0]?.operation.parameters?.[0]).toMatchObject({ name: 'limit', required: false })
  })
})

describe('the reference page', () => {
  let api: Provisioned
  beforeAll(async () => {
    api = await openProvisioned()
  })
  afterAll(() => api.close())
  const page = docsPage(DOCUMENT)

  it('is served with its stylesheet and the document, to anybody', async () => {
    const [docs, style, json] = await Promise.all(
      ['/docs', '/docs/style.css', '/openapi.json'].map((path) => fetch(`${api.base}${path}`)),
    )
    expect([docs?.status, docs?.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect([style?.status, style?.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
    expect(await json?.json()).toEqual(JSON.parse(text))
  })

  it('may load nothing but its own stylesheet, and run nothing', async () => {
    const docs = await fetch(`${api.base}/docs`)
    const policy = docs.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; style-src 'self'")
    expect(policy).not.toContain('unsafe-inline')
    expect(await docs.text()).not.toMatch(/<script|<style|\sstyle=|\son\w+=|(src|href)="https?:/)
  })

  it('has a place for every operation and object, and no link that leads nowhere', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect([...new Set(links)].filter((link) => !ids.includes(link))).toEqual([])
    expect(OPERATIONS.filter(({ operation }) => !ids.includes(operation.operationId))).toEqual([])
  })

  it('shows text as text', () => {
    const nasty = '<img src=x onerror=alert(1)> & "x"'
    const { info } = DOCUMENT
    const html = docsPage({ ...DOCUMENT, info: { ...info, title: nasty, description: nasty } })
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;x&quot;')
  })
})
