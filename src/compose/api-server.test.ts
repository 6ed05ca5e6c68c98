import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../test/harness/database.ts'
import { servicesOf } from '../../test/harness/services.ts'
import { type Clock, systemClock } from '../clock.ts'
import { AppError } from '../errors.ts'
import { createApiKey } from '../store/api-keys.ts'
import { type Db, openDb } from '../store/db.ts'
import { type ApiServer, openApiServer } from './api-server.ts'

const ORGANIZATION = '00000000-0000-4000-8000-000000000001'

let database: FreshDatabase
let db: Db
let key: string
let server: ApiServer
/** Ends the patience with requests in flight. */
let expire = () => {}
const clock: Clock = {
  ...systemClock,
  deadline: (_ms, _kind, onExpire) => {
    expire = onExpire
    return { clear() {} }
  },
}
/** Ends the check that a request waits for. */
let endCheck = () => {}
let checkBegins = () => {}

beforeAll(async () => {
  database = await freshDatabase()
  db = await openDb(database.url)
  key = (await createApiKey(db, { name: 'test', environment: 'default', access: 'full' })).key
})
afterEach(() => server.stop())
afterAll(async () => {
  await db.close()
  await database.drop()
})

const open = async (host = '127.0.0.1', port = 0) => {
  const check = () =>
    new Promise<never>((_resolve, reject) => {
      endCheck = () => reject(new AppError('okta_timeout', 'Too slow.'))
      checkBegins()
    })
  const { publicUrl: _, ...services } = servicesOf({ db, clock })
  const vendors = { ...services.vendors, check }
  return openApiServer({ services: { ...services, vendors }, publicUrl: null, host, port })
}

/** A request that is answered once its check ends. */
async function slowRequest(): Promise<{ answer: Promise<Response> }> {
  const begun = new Promise<void>((resolve) => {
    checkBegins = resolve
  })
  const answer = fetch(`${server.url}/v1/provisioning/organizations/${ORGANIZATION}/connections/test`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({
      vendor: 'OKTA_IDP',
      credentials: { domain: 'acme.okta.com', api_token: `00${'a'.repeat(40)}` },
    }),
  })
  answer.catch(() => {})
  await begun
  return { answer }
}

test('a stop lets requests in flight end, and takes no more', async () => {
  server = await open()
  const { answer } = await slowRequest()
  const stopped = server.stop()
  await expect(fetch(server.url)).rejects.toThrow()
  endCheck()
  expect(await (await answer).json()).toMatchObject({ is_valid: false })
  await stopped
})

test('a request that does not end is cut off', async () => {
  server = await open()
  const { answer } = await slowRequest()
  const stopped = server.stop()
  expire()
  await expect(answer).rejects.toThrow()
  await stopped
})

test('a port that is taken, and an address of another machine, are said to be', async () => {
  server = await open()
  const port = Number(new URL(server.url).port)
  await expect(open('127.0.0.1', port)).rejects.toMatchObject({ code: 'port_taken' })
  await expect(open('192.0.2.1')).rejects.toMatchObject({ code: 'usage_invalid' })
})
