import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Schema } from '../../src/client/index.ts'
import { type ApiKeyAccess, createApiKey } from '../../src/store/api-keys.ts'
import { type Db, openDb } from '../../src/store/db.ts'
import { connect } from '../e2e/server.ts'
import { eventually } from '../harness/eventually.ts'
import type { Stage } from './stage.ts'
import { press } from './walk.ts'

/** The steps of an engineer who looks at connections. */

export const keyField = (page: Page): Locator => page.getByRole('textbox', { name: 'API key', exact: true })

export async function enterKey(page: Page, key: string): Promise<void> {
  await keyField(page).fill(key)
  await press(page, 'Sign in')
}

/** Somebody who has signed in on the way to an address, and is there. */
export async function openSignedIn(
  stage: Stage,
  path: string,
  { key = stage.key, ...options }: BrowserContextOptions & { key?: string } = {},
): Promise<Page> {
  const page = await stage.open(`/sign-in?next=${encodeURIComponent(path)}`, options)
  await enterKey(page, key)
  await page.waitForURL(new URL(path, stage.url).href)
  await page.getByRole('button', { name: 'Sign out' }).waitFor()
  return page
}

/** Does something in the database of the server. */
export async function inDatabase<T>(stage: Stage, act: (db: Db) => Promise<T>): Promise<T> {
  const db = await openDb(stage.databaseUrl, { max: 1 })
  try {
    return await act(db)
  } finally {
    await db.close()
  }
}

/** Another API key, which nothing has printed. */
export const makeKey = async (stage: Stage, access: ApiKeyAccess = 'full', name = 'Ada’s laptop'): Promise<string> =>
  (await inDatabase(stage, (db) => createApiKey(db, { name, environment: 'default', access }))).key

export type Job = Schema<'Job'>

/** A connection: where its pages are, and where the API has it. */
export interface Known {
  readonly id: string
  readonly page: string
  readonly api: string
}

/** A connection to the simulated org, as soon as it is made: its first sync begins. */
export async function beginConnection(stage: Stage): Promise<Known> {
  const { id, path } = await connect(stage.url, stage.key, stage.sim)
  const organization = path.split('/')[4]
  return { id, api: path, page: `/organizations/${organization}/connections/${id}` }
}

/** A connection whose first sync has ended, however it did. */
export async function connectOrg(stage: Stage): Promise<Known> {
  const connection = await beginConnection(stage)
  await endOfSync(stage, connection)
  return connection
}

/** Waits until no sync of the connection runs, and tells how the last one ended. */
export const endOfSync = (stage: Stage, { api }: Known, timeout = 30_000): Promise<Job> =>
  eventually(
    async () => {
      const { items } = await stage.call<{ items: Job[] }>('GET', `${api}/jobs?limit=1`)
      const [job] = items
      if (!job) throw new Error('there is no job')
      expect(job.finished_at, job.status).not.toBeNull()
      return job
    },
    { timeout, interval: 50 },
  )

/** Reads the org again, to the end. */
export async function syncAgain(stage: Stage, connection: Known): Promise<Job> {
  await stage.call('POST', `${connection.api}/sync`, {})
  return endOfSync(stage, connection)
}

/** Goes to a page of the connection by its tab. */
export const goToTab = (page: Page, name: string): Promise<void> =>
  page.getByRole('navigation', { name: 'Pages of this connection' }).getByRole('link', { name, exact: true }).click()

/** The names in a table, each of which leads to its record, once they are there. */
export async function namesIn(table: Locator): Promise<string[]> {
  await table.getByRole('row').getByRole('link').first().waitFor()
  return (await table.getByRole('row').getByRole('link').allInnerTexts()).map((name) => name.trim())
}
