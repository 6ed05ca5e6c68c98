import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/api/app.ts'
import { systemClock } from '../../src/clock.ts'
import type { Db } from '../../src/store/db.ts'
import { useDatabase } from '../harness/database.ts'
import { servicesOf } from '../harness/services.ts'

let db: Db
let pagesDir: string
let app: FastifyInstance

useDatabase('file', (opened) => {
  db = opened
})
beforeAll(async () => {
  pagesDir = await mkdtemp(path.join(tmpdir(), 'rollcall-pages-'))
  await mkdir(path.join(pagesDir, 'assets'))
  await writeFile(path.join(pagesDir, 'index.html'), '<title>dashboard</title>')
  await writeFile(path.join(pagesDir, 'connect.html'), '<title>connect</title>')
  await writeFile(path.join(pagesDir, 'assets', 'main-1a2b.js'), 'export {}')
  await writeFile(path.join(pagesDir, 'secret.txt'), 'not for anybody')
  app = await createApp(servicesOf({ db, clock: systemClock, pagesDir }))
})
afterAll(async () => {
  await app.close()
  await rm(pagesDir, { recursive: true })
})

const get = (url: string, from = app) => from.inject({ method: 'GET', url })

describe('the pages', () => {
  it.each([
    ['/', 'dashboard'],
    ['/sign-in', 'dashboard'],
    ['/organizations/x/connections/y/users', 'dashboard'],
    [`/connect/${'a'.repeat(900)}`, 'connect'],
    ['/connect/', 'connect'],
    ['/connect/a/b', 'connect'],
  ])('%s is the %s', async (url, title) => {
    const { statusCode, headers, body } = await get(url)
    expect(statusCode).toBe(200)
    expect(body).toContain(`<title>${title}`)
    expect(headers['content-type']).toMatch(/^text\/html/)
    expect(headers['cache-control']).toBe('no-cache')
  })

  it('may load nothing but files of this server, run nothing inline, be framed by nobody and name themselves to nobody', async () => {
    const { headers } = await get('/connect/x')
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(headers['referrer-policy']).toBe('no-referrer')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('keep for a year what has its digest in its name', async () => {
    const { statusCode, headers } = await get('/assets/main-1a2b.js')
    expect(statusCode).toBe(200)
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
  })

  it.each(['/assets/../secret.txt', '/assets/%2e%2e/secret.txt', '/assets/', '/assets/none.js', '/secret.txt'])(
    'give out nothing else: %s',
    async (url) => {
      const { statusCode, body } = await get(url)
      expect(statusCode).toBe(404)
      expect(body).not.toContain('not for anybody')
    },
  )

  it('leave the API alone: what it does not have is said in JSON', async () => {
    const { statusCode, headers } = await get('/v1/nothing')
    expect(statusCode).toBe(404)
    expect(headers['content-type']).toMatch(/^application\/json/)
  })

  it('are not there where they have not been built, and the API is', async () => {
    const bare = await createApp(servicesOf({ db, clock: systemClock, pagesDir: path.join(pagesDir, 'assets') }))
    expect((await get('/', bare)).statusCode).toBe(404)
    expect((await get('/v1/connectors', bare)).statusCode).toBe(200)
    await bare.close()
  })
})
