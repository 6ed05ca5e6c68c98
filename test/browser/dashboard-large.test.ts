import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { beginConnection, endOfSync, goToTab, inDatabase, type Known, openSignedIn } from './signed-in.ts'
import { useStage } from './stage.ts'

/** The dashboard on an org of 10,000 people. */
const stage = useStage({ org: 'r1', limitScale: Number.POSITIVE_INFINITY })
let connection: Known
let page: Page

const MOST_ROWS = 100
const MOST_MS = 3_000

beforeAll(async () => {
  // What takes a request for each person, or 120,000 rows, is not looked at here and may not be read.
  stage.sim.fault('factors-forbidden')
  stage.sim.fault('app-users-forbidden')
  const everybody = stage.sim.org.everyoneId
  stage.sim.fault({
    match: 'GET /api/v1/groups/{id}/users',
    where: ({ params }) => params.id !== everybody,
    status: 403,
  })
  connection = await beginConnection(stage)
  const { data_exports: steps } = await endOfSync(stage, connection, 120_000)
  expect(steps.find(({ resource }) => resource === 'users')).toMatchObject({ outcome: 'complete', rows: total() })
  page = await openSignedIn(stage, connection.page)
})

const total = (): number => stage.sim.org.expected().users
const format = (count: number): string => count.toLocaleString('en')
const pager = () => page.getByRole('navigation', { name: 'Pages', exact: true })
const rows = () => page.getByRole('table').getByRole('row')

/** How long something takes for whoever waits for it, in ms. */
async function timed(act: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await act()
  return performance.now() - start
}

async function expectFewRows(): Promise<void> {
  const count = await rows().count()
  expect(count).toBeGreaterThan(10)
  expect(count).toBeLessThanOrEqual(MOST_ROWS)
}

describe('of 10,000 people', () => {
  it('the overview shows how many there are', async () => {
    const took = await timed(async () => {
      await page.reload()
      await page.getByRole('list', { name: 'In numbers' }).getByText(format(total()), { exact: true }).waitFor()
    })
    expect(took).toBeLessThan(MOST_MS)
    await page.getByRole('list', { name: 'Users by status' }).getByRole('listitem').first().waitFor()
    await page.getByRole('region', { name: 'MFA enrollment' }).getByText('Not permitted').waitFor()
  })

  it('the table has a page, says how many there are, and leads on', async () => {
    const took = await timed(async () => {
      await goToTab(page, 'Users')
      await pager()
        .getByText(`1–50 of ${format(total())}`)
        .waitFor()
    })
    expect(took).toBeLessThan(MOST_MS)
    await expectFewRows()
    await pager().getByRole('button', { name: 'Next' }).click()
    await pager()
      .getByText(`51–100 of ${format(total())}`)
      .waitFor()
    await expectFewRows()
  })

  it('one is found by name, of those many, while one waits', async () => {
    const wanted = [...stage.sim.org.allUsers()].at(7_777)
    const login = String(wanted?.profile.login)
    const took = await timed(async () => {
      await page.getByRole('searchbox', { name: 'Search name, email or username' }).fill(login.toUpperCase())
      await rows().filter({ hasText: login }).waitFor()
      await pager().getByText('1', { exact: true }).waitFor()
    })
    expect(took).toBeLessThan(MOST_MS)
    expect(await rows().count()).toBe(2)
  })

  it('some are filtered, and the last of their pages is reached', async () => {
    const gone = [...stage.sim.org.allUsers()].filter(({ status }) => status === 'SUSPENDED').length
    await page.goto(`${stage.url}${connection.page}/users?status=suspended`)
    await pager()
      .getByText(`1–50 of ${format(gone)}`)
      .waitFor()
    const next = pager().getByRole('button', { name: 'Next' })
    const pages = Math.ceil(gone / 50)
    for (let place = 2; place <= pages; place += 1) {
      await next.click()
      await pager()
        .getByText(`${(place - 1) * 50 + 1}–${Math.min(gone, place * 50)} of ${format(gone)}`, { exact: true })
        .waitFor()
    }
    expect(pages).toBeGreaterThan(3)
    expect(await next.getAttribute('aria-disabled')).toBe('true')
  })

  it('until the next page is there, the numbers are those of the rows that are shown', async () => {
    await page.goto(`${stage.url}${connection.page}/users`)
    const range = (words: string) => pager().getByText(`${words} of ${format(total())}`, { exact: true })
    const next = pager().getByRole('button', { name: 'Next' })
    await range('1–50').waitFor()
    await next.click()
    await range('51–100').waitFor()
    await inDatabase(stage, (db) =>
      db.transaction(async (tx) => {
        await tx.query('lock table users in access exclusive mode')
        await next.click()
        await page.waitForURL(/from=101/)
        await page.locator('[aria-busy=true]').first().waitFor()
        expect(await range('51–100').count()).toBe(1)
      }),
    )
    await range('101–150').waitFor()
  })

  it('all are in the one group: its page shows some of them, how many there are, and more on request', async () => {
    await page.goto(`${stage.url}${connection.page}/groups/${stage.sim.org.everyoneId}`)
    const members = page.getByRole('region', { name: `Members ${format(total())}` })
    await members.waitFor()
    expect(await members.getByRole('row').count()).toBe(11)
    await members.getByRole('button', { name: 'Show more' }).click()
    await members.getByText(`60 of ${format(total())}`).waitFor()
    expect(await members.getByRole('row').count()).toBe(61)
  })

  it('the other tables are as quick, and as short', async () => {
    const { groups, applications, log_events: events } = stage.sim.org.expected()
    for (const [tab, count] of [
      ['Groups', groups],
      ['Applications', applications],
      ['Logs', events],
    ] as const) {
      const took = await timed(async () => {
        await goToTab(page, tab)
        await pager()
          .getByText(`1–50 of ${format(count)}`)
          .waitFor()
      })
      expect(took, tab).toBeLessThan(MOST_MS)
      await expectFewRows()
    }
  })
})
