import type { Locator, Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { target } from '../../sim/generate/log-events.ts'
import { connectOrg, type Known, openSignedIn } from './signed-in.ts'
import { useStage } from './stage.ts'

/** What an engineer finds out about one record, and how it hangs together with others. */
const stage = useStage({ users: 12 })
let connection: Known
let page: Page
let ada: string

const SECRETS = ['correct horse battery', 'Rex the dog']
const HOUR = 3_600_000
const RTL = 'محمد‮الأدمن'
const LONG = 'W'.repeat(200)
const MARKUP = '<b onclick="alert(1)">Bold</b>'

/** Ada is in one group and has three applications: given to her, through the group, and both. */
function makeAda(): string {
  const { org } = stage.sim
  const group = org.addGroup({ name: 'Analysts', description: 'Those who compute' })
  const ada = org.addUser({ profile: { login: 'ada@acme.example', firstName: 'Ada', lastName: 'Lovelace' } })
  org.addMember(group.id, ada.id)
  const [ledger, wiki, both] = ['Ledger', 'Wiki', 'Notes'].map((label) => org.addApp({ label }))
  if (!ledger || !wiki || !both) throw new Error('no applications were made')
  org.assignUser(ledger.id, ada.id)
  org.assignGroup(wiki.id, group.id)
  org.assignUser(both.id, ada.id)
  org.assignGroup(both.id, group.id)
  org.enrollFactor(ada.id, 'webauthn')
  org.grantRole(ada.id, 'HELP_DESK_ADMIN', [group.id])
  const policy = org.addPolicy({ type: 'ACCESS_POLICY', name: 'Finance only' })
  org.addRule(policy.id, { name: 'Managed devices' })
  org.mapPolicy(ledger.id, policy.id)
  const people = { groups: { include: [group.id] } }
  org.addPolicy({ type: 'OKTA_SIGN_ON', name: 'Analysts only', priority: 0, conditions: { people } })
  for (const [hours, result, reason] of [
    [1, 'FAILURE', 'INVALID_CREDENTIALS'],
    [72, 'SUCCESS', null],
  ] as const)
    org.logEvent({
      eventType: 'user.session.start',
      displayMessage: 'User login to Okta',
      publishedAt: Date.now() - hours * HOUR,
      actor: target('User', ada.id, 'Ada Lovelace', 'ada@acme.example'),
      target: [target('AppInstance', ledger.id, 'Ledger')],
      outcome: { result, reason },
    })
  for (const name of [RTL, LONG, MARKUP])
    org.addUser({ profile: { login: `${org.expected().users}@acme.example`, firstName: name, lastName: 'X' } })
  return ada.id
}

beforeAll(async () => {
  ada = makeAda()
  stage.sim.fault({
    match: 'GET /api/v1/users',
    transform: (users) =>
      (users as { credentials: object }[]).map((user) => ({
        ...user,
        credentials: {
          ...user.credentials,
          password: { value: SECRETS[0] },
          recovery_question: { question: 'Who?', answer: SECRETS[1] },
        },
      })),
  })
  connection = await connectOrg(stage)
  page = await openSignedIn(stage, `${connection.page}/users?search=lovelace`)
  await page.getByRole('link', { name: 'Ada Lovelace' }).click()
  await at('Ada Lovelace')
})

const at = (name: string) => page.getByRole('heading', { level: 2, name, exact: true }).waitFor()
const section = (title: string): Locator => page.getByRole('region', { name: new RegExp(`^${title}( [\\d,]+)?$`) })
/** What stands in the row with that name, cell by cell. */
const rowOf = async (title: string, name: string): Promise<string[]> => {
  const row = section(title).getByRole('row').filter({ hasText: name })
  await row.first().waitFor()
  return (await row.first().getByRole('cell').allInnerTexts()).map((cell) => cell.trim())
}
const fact = (name: string) => page.getByRole('term').filter({ hasText: name }).locator('..')

describe('the page of a user', () => {
  it('says who it is, and why each application is theirs: directly, through which group, or both', async () => {
    expect(await page.title()).toBe('Ada Lovelace · Users · Acme Small · Rollcall')
    await fact('Email').getByText('ada@acme.example').waitFor()
    expect((await rowOf('Applications', 'Ledger'))[1]).toBe('Direct')
    expect((await rowOf('Applications', 'Wiki'))[1]).toBe('Via Analysts')
    expect((await rowOf('Applications', 'Notes'))[1]).toBe('Direct, also via Analysts')
    expect((await rowOf('Groups', 'Analysts'))[1]).toBe('Those who compute')
    await rowOf('Groups', 'Everyone')
  })

  it('says how they sign in, which roles they hold on what, what they did, and what the profile has', async () => {
    expect((await rowOf('Factors', 'Security key or passkey'))[3]).toBe('Active')
    await section('Factors')
      .getByText(/^Okta leaves out what the enrollment policy does not allow/)
      .waitFor()
    expect((await rowOf('Admin roles', 'Help Desk Administrator')).slice(1)).toEqual(['Analysts', 'Direct', 'Active'])
    expect((await rowOf('Recent log events', 'user.session.start')).at(-1)).toBe('Failure')
    await rowOf('Recent log events', 'user.mfa.factor.activate')
    expect((await rowOf('Policies', 'Analysts only')).slice(1)).toEqual([
      'Global session',
      'Tried first, via Analysts',
      'Active',
    ])
    await section('Profile attributes').getByRole('row').filter({ hasText: 'Lovelace' }).first().waitFor()
  })

  it('shows Okta’s own JSON when it is opened, and not before; secrets are not in it', async () => {
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    expect(await page.content()).not.toContain('"login"')
    await page.getByText('Raw JSON', { exact: true }).click()
    const json = page.getByRole('region', { name: 'Raw JSON, as Okta sent it without secrets' })
    const text = (await json.textContent()) ?? ''
    expect(JSON.parse(text)).toMatchObject({ profile: { login: 'ada@acme.example' }, status: 'ACTIVE' })
    for (const secret of SECRETS) expect(text).not.toContain(secret)
    expect(asked.filter((url) => url.includes('raw=true'))).toHaveLength(1)
  })
})

describe('from one record to the next', () => {
  it('a group shows its members, its applications and its roles', async () => {
    await section('Groups').getByRole('link', { name: 'Analysts' }).click()
    await at('Analysts')
    await rowOf('Members', 'Ada Lovelace')
    await rowOf('Applications', 'Wiki')
    await rowOf('Applications', 'Notes')
    await section('Admin roles').getByText('This group gives no admin role to its members.').waitFor()
    await page.getByText('Those who compute').waitFor()
  })

  it('an application shows who has it and why, and the policies that guard it, and a policy its rules', async () => {
    await page.goBack()
    await at('Ada Lovelace')
    await section('Applications').getByRole('link', { name: 'Ledger' }).click()
    await at('Ledger')
    expect((await rowOf('Users', 'Ada Lovelace'))[1]).toBe('Direct')
    await section('Groups').getByText('No group gives this application to its members.').waitFor()
    await section('Policies').getByRole('link', { name: 'Finance only' }).click()
    await at('Finance only')
    await fact('Type').getByText('App sign-in').waitFor()
    await section('Rules').getByText('Managed devices').waitFor()
    expect((await rowOf('Applies to', 'Ledger'))[1]).toContain('access policy')
  })

  it('an id of Okta’s leads to the page as well, and one that nobody has is told as such', async () => {
    await page.goto(`${stage.url}${connection.page}/users/${ada}`)
    await at('Ada Lovelace')
    expect(page.url()).toMatch(/\/users\/[\da-f]{8}-/)
    await page.goto(`${stage.url}${connection.page}/users/00uNOBODY00000000000`)
    await at('There is no such user here')
  })

  it('names are text, whatever they are, and push nothing out of the page', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    for (const [text, name] of [
      [RTL, RTL.replace('‮', '')],
      [LONG, LONG],
      [MARKUP, MARKUP],
    ] as const) {
      const { id } = [...stage.sim.org.allUsers()].find(({ profile }) => profile.firstName === text) ?? {}
      await page.goto(`${stage.url}${connection.page}/users/${id}`)
      await at(`${name} X`)
      await rowOf('Groups', 'Everyone')
      expect(await page.evaluate(() => document.documentElement.scrollWidth), name.slice(0, 9)).toBe(390)
    }
    await page.setViewportSize({ width: 1_280, height: 900 })
  })
})

describe('the logs', () => {
  const shows = (count: string) =>
    page.getByRole('navigation', { name: 'Pages', exact: true }).getByText(count, { exact: true }).waitFor()
  const query = () => Object.fromEntries(new URL(page.url()).searchParams)

  it('are filtered by type, outcome, day and person, all of it in the address', async () => {
    await page.goto(`${stage.url}${connection.page}/users/${ada}`)
    await page.getByRole('link', { name: 'as actor' }).click()
    await shows('2')
    await page.getByRole('button', { name: /^Actor: ?Ada Lovelace/ }).waitFor()
    await page.getByRole('search').getByText('Outcome').first().click()
    await page.getByRole('checkbox', { name: 'Failure' }).check()
    await shows('1')
    expect(query()).toEqual({ actorId: expect.any(String), outcome: 'FAILURE' })
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('combobox', { name: 'Event type' }).fill('policy.rule.add')
    await page.waitForURL(/eventType=policy\.rule\.add/)
    await shows('1')
    await page.getByRole('button', { name: /policy\.rule\.add/ }).waitFor()

    const [before, after] = [-73, -71].map((hours) => dayAt(Date.now() + hours * HOUR))
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await page.getByRole('combobox', { name: 'Event type' }).fill('user.session.start')
    await page.waitForURL(/eventType=user/)
    await page.getByLabel('From', { exact: true }).fill(before ?? '')
    await page.getByLabel('To', { exact: true }).fill(after ?? '')
    await page.waitForURL(/until=/)
    await page.getByRole('row').filter({ hasText: 'Ada Lovelace' }).filter({ hasText: 'Success' }).waitFor()
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'Ada Lovelace' }).count()).toBe(1)
    await page.reload()
    await page.getByRole('row').filter({ hasText: 'Ada Lovelace' }).waitFor()
    expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe(before)
  })

  it('show all of an event, with the way to whom and what it was about', async () => {
    await page.goto(`${stage.url}${connection.page}/logs?eventType=user.session.start&outcome=FAILURE`)
    await page.getByRole('row').filter({ hasText: 'Ada Lovelace' }).getByRole('button').click()
    const dialog = page.getByRole('dialog', { name: 'User login to Okta' })
    await dialog.getByText('INVALID_CREDENTIALS').waitFor()
    await dialog.getByRole('link', { name: 'Ledger' }).click()
    await at('Ledger')
    expect(await page.getByRole('dialog').count()).toBe(0)
  })
})

const dayAt = (at: number): string => {
  const day = new Date(at)
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
