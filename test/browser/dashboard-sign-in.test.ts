import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { revokeApiKey } from '../../src/store/api-keys.ts'
import {
  connectOrg,
  enterKey,
  goToTab,
  inDatabase,
  type Known,
  keyField,
  makeKey,
  namesIn,
  openSignedIn,
} from './signed-in.ts'
import { keptBy, useStage } from './stage.ts'
import { at, press, says } from './walk.ts'

const stage = useStage({ users: 12 })
let connection: Known
let otherOrigin: string
const otherSite = createServer((_, answer) =>
  answer.setHeader('content-type', 'text/html').end('<h1>Another site</h1>'),
)

beforeAll(async () => {
  connection = await connectOrg(stage)
  otherSite.listen(0, '127.0.0.1')
  await once(otherSite, 'listening')
  otherOrigin = `http://127.0.0.1:${(otherSite.address() as AddressInfo).port}`
})
afterAll(() => {
  otherSite.close()
})

describe('signing in', () => {
  it('with a key that is not known, or with none, is refused in words, and what was pasted can be mended', async () => {
    const page = await stage.open('/')
    await at(page, 'Sign in')
    await press(page, 'Sign in')
    await says(page, 'Paste your API key.')
    await enterKey(page, `rck_${'a'.repeat(43)}`)
    await says(page, /does not know this key, or it was revoked\. Check that you pasted all of it\./)
    expect(await keyField(page).getAttribute('aria-invalid')).toBe('true')
    expect(await keyField(page).evaluate((field) => field === document.activeElement)).toBe(true)
    await enterKey(page, 'no key at all')
    await says(page, /does not know this key/)
    expect(await page.context().cookies()).toEqual([])

    await enterKey(page, ` ${stage.key}\n`)
    await at(page, 'Connections')
    await says(page, 'default environment')
  })

  it('leads to the page that was asked for', async () => {
    const page = await stage.open(`${connection.page}/users?search=ada`)
    await at(page, 'Sign in')
    await enterKey(page, stage.key)
    await page.getByRole('heading', { level: 2, name: 'Users' }).waitFor()
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`${connection.page}/users?search=ada`)
  })

  it('leads to no other origin, whatever a link asks for', async () => {
    const page = await stage.open(`/sign-in?next=${encodeURIComponent('//evil.example/')}`)
    await enterKey(page, stage.key)
    await at(page, 'Connections')
    expect(page.url()).toBe(`${stage.url}/`)
    for (const next of [
      'https://evil.example/organizations',
      '/\\evil.example',
      '/\t/evil.example',
      'javascript:alert(1)',
      'evil.example',
      '/sign-in?next=//evil.example',
    ]) {
      await page.goto(`${stage.url}/sign-in?next=${encodeURIComponent(next)}`)
      await at(page, 'Connections')
      expect(page.url(), next).toBe(`${stage.url}/`)
    }
  })
})

describe('the API key', () => {
  it('is nowhere once it was sent: no address, storage, cookie, document or line of the server has it', async () => {
    const key = await makeKey(stage)
    const page = await stage.open('/sign-in')
    const requests: Request[] = []
    page.on('request', (request) => requests.push(request))
    await keyField(page).fill(key)
    expect(await keptBy(page), 'in its field, as long as that is there').toContain(key)
    await press(page, 'Sign in')
    await at(page, 'Connections')
    expect(await keptBy(page)).not.toContain(key)
    await page.goto(`${stage.url}${connection.page}/users`)
    await page.getByRole('heading', { level: 2, name: 'Users' }).waitFor()
    expect(await keptBy(page)).not.toContain(key)

    const sent = await Promise.all(
      requests.map(async (request) => JSON.stringify([request.url(), await request.allHeaders()])),
    )
    expect(sent.length).toBeGreaterThan(6)
    expect(sent.filter((text) => text.includes(key))).toEqual([])
    expect(await page.evaluate(() => document.cookie)).toBe('')
    expect(await page.evaluate(async () => [await indexedDB.databases(), await caches.keys()])).toEqual([[], []])
    const [cookie, ...others] = await page.context().cookies()
    expect(others).toEqual([])
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', expires: -1 })
    expect(stage.printed()).toContain('"url"')
    expect(stage.printed()).not.toContain(key)
  })
})

describe('a session', () => {
  it('ends when somebody signs out: the cookie that stood for it lets nobody in any more', async () => {
    const page = await openSignedIn(stage, `${connection.page}/users`)
    const [cookie] = await page.context().cookies()
    await press(page, 'Sign out')
    await at(page, 'Sign in')
    expect(await page.context().cookies()).toEqual([])
    await page.goto(`${stage.url}${connection.page}`)
    await at(page, 'Sign in')

    await page.context().addCookies([cookie ?? expect.fail('there was no cookie')])
    // The server asks its database whether a session still counts once a second.
    await expect.poll(() => statusOf(page, 'GET', '/v1/session')).toBe(401)
    await page.goto(stage.url)
    await at(page, 'Sign in')
  })

  it('ends with a sentence when its key is revoked, and another key leads back to the same page', async () => {
    const key = await makeKey(stage)
    const page = await openSignedIn(stage, `${connection.page}/users`, { key })
    await at(page, 'Acme Small')
    expect(await namesIn(page.getByRole('table', { name: 'Users' }))).toHaveLength(stage.sim.org.expected().users)
    await inDatabase(stage, (db) => revokeApiKey(db, key))
    await expect.poll(() => statusOf(page, 'GET', '/v1/session')).toBe(401)
    await goToTab(page, 'Groups')
    await at(page, 'Sign in')
    await says(page, 'Your session has ended')
    await says(page, /Its key was revoked, .+ Sign in again to go on\./)
    await enterKey(page, stage.key)
    await page.getByRole('heading', { level: 2, name: 'Groups' }).waitFor()
    expect(page.url()).toBe(`${stage.url}${connection.page}/groups`)
  })

  it('with a read-only key sees everything, says so, and offers nothing that would change something', async () => {
    const key = await makeKey(stage, 'read_only', 'auditor')
    const page = await openSignedIn(stage, '/', { key })
    await says(page, 'You are signed in with a read-only key')
    await page.getByRole('link', { name: 'Acme Small' }).waitFor()
    const atHome = await buttonsOn(page)
    for (const name of ['New organization', 'Connect Okta']) expect(atHome).not.toContain(name)
    await page.getByRole('link', { name: 'Acme Small' }).click()
    await at(page, 'Acme Small')
    await page
      .getByRole('list', { name: 'In numbers' })
      .getByText(String(stage.sim.org.expected().users), { exact: true })
      .waitFor()
    await page.goto(`${stage.url}${connection.page}/sync`)
    await page.getByRole('button', { name: 'Test now' }).waitFor()
    await page.getByRole('table').first().waitFor()
    await says(page, /to sync, pause or delete, sign in with a key with full access/)
    const offered = await buttonsOn(page)
    for (const name of ['Sync now', 'Cancel', 'Pause', 'Resume', 'Update token', 'Delete connection'])
      expect(offered).not.toContain(name)
    expect(await statusOf(page, 'POST', `${connection.api}/sync`)).toBe(403)
  })
})

const buttonsOn = (page: Page): Promise<string[]> => page.getByRole('button').allInnerTexts()

/** What a request of the page itself is answered with. */
const statusOf = (page: Page, method: string, path: string): Promise<number> =>
  page.evaluate(
    async ([how, where]) => {
      const headers = { 'X-Rollcall-Session': '1', ...(how !== 'GET' && { 'content-type': 'application/json' }) }
      return (await fetch(where, { method: how, headers, ...(how !== 'GET' && { body: '{}' }) })).status
    },
    [method, path] as const,
  )

/** Another site on the same machine: to the browser the same site, and so cookies that are strict go along. */
async function openOtherSite(page: Page): Promise<Page> {
  const other = await page.context().newPage()
  await other.goto(otherOrigin)
  return other
}

describe('a page of another origin that somebody who is signed in has open', () => {
  const state = async () => ({
    organizations: await stage.call('GET', '/v1/provisioning/organizations'),
    connection: await settled(),
  })
  const settled = async () => {
    const { state: now, last_job: job } = await stage.call<{ state: string; last_job: { id: string } }>(
      'GET',
      connection.api,
    )
    return { state: now, job: job.id }
  }

  it('changes nothing by a form, of whatever kind', async () => {
    const page = await openSignedIn(stage, '/')
    const before = await state()
    for (const [path, type] of [
      ['/v1/provisioning/organizations', 'text/plain'],
      ['/v1/provisioning/organizations', 'application/x-www-form-urlencoded'],
      [`${connection.api}/sync`, 'multipart/form-data'],
      [`${connection.api}/sync`, 'text/plain'],
    ] as const) {
      const other = await openOtherSite(page)
      const [answer] = await Promise.all([
        other.waitForResponse(`${stage.url}${path}`),
        other.evaluate(
          ([action, enctype]) => {
            const form = Object.assign(document.createElement('form'), { method: 'post', action, enctype })
            form.append(Object.assign(document.createElement('input'), { name: '{"name":"Evil","x":"', value: '"}' }))
            document.body.append(form)
            form.submit()
          },
          [`${stage.url}${path}`, type] as const,
        ),
      ])
      expect((await answer.request().allHeaders()).cookie, 'the browser does send the cookie').toContain('rollcall')
      expect(answer.status(), `${path} ${type}`).toBeGreaterThanOrEqual(400)
    }
    expect(await state()).toEqual(before)
  })

  it('changes and learns nothing by a script, with or without the header that ours send', async () => {
    const page = await openSignedIn(stage, '/')
    const before = await state()
    const other = await openOtherSite(page)
    const answers = await other.evaluate(
      async ([origin, api]) => {
        const proof = { 'X-Rollcall-Session': '1' }
        const json = { 'content-type': 'application/json' }
        const tries: [string, RequestInit][] = [
          ['/v1/provisioning/organizations', {}],
          ['/v1/provisioning/organizations', { headers: proof }],
          ['/v1/provisioning/organizations', { method: 'POST', body: '{"name":"Evil"}', mode: 'no-cors' }],
          [
            '/v1/provisioning/organizations',
            { method: 'POST', body: '{"name":"Evil"}', headers: { ...proof, ...json } },
          ],
          [`${api}/sync`, { method: 'POST', body: '{}', headers: { ...proof, ...json } }],
          [api, { method: 'PATCH', body: '{"state":"PAUSED"}', headers: { ...proof, ...json } }],
          [api, { method: 'DELETE', headers: proof }],
          ['/v1/session', { method: 'DELETE', headers: proof }],
          ['/v1/session', { method: 'POST', body: '{"api_key":"x"}', mode: 'no-cors' }],
        ]
        return Promise.all(
          tries.map(([path, init]) =>
            fetch(`${origin}${path}`, { credentials: 'include', ...init }).then(
              async (answer) => `${answer.type} ${await answer.text()}`,
              () => 'refused',
            ),
          ),
        )
      },
      [stage.url, connection.api] as const,
    )
    expect(answers).toEqual([
      'refused',
      'refused',
      'opaque ',
      'refused',
      'refused',
      'refused',
      'refused',
      'refused',
      'opaque ',
    ])
    expect(await state()).toEqual(before)
    await page.reload()
    await at(page, 'Connections')
  })
})
