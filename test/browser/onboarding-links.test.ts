import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSim } from '../../sim/index.ts'
import { type Db, openDb } from '../../src/store/db.ts'
import { expectAccessible, type Invite, keptBy, useStage } from './stage.ts'
import {
  alertOn,
  at,
  connectionOf,
  domainField,
  enterDomain,
  enterToken,
  press,
  pressable,
  says,
  tokenField,
  visitCheck,
  visitTokenStep,
} from './walk.ts'

const other = await startSim({ users: 3, seed: 2, limitScale: 1_000 })
const stage = useStage({ users: 12, alsoAllowed: [other.origin] })
let db: Db

beforeAll(async () => {
  db = await openDb(stage.databaseUrl)
})
afterAll(async () => {
  await db.close()
  await other.close()
})

const REFUSED = 'This link cannot be used any more'

const payloadOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

/** Lets an invite run out, as time would. */
const expire = ({ token }: Invite) =>
  db.query("update invite_tokens set expires_at = now() - interval '1 second' where id = $1", [payloadOf(token).jti])

describe('a link', () => {
  it('that has run out says so, and whom to ask for another', async () => {
    const invite = await stage.invite()
    await expire(invite)
    const page = await stage.open(invite.path)
    await at(page, REFUSED)
    await says(
      page,
      /Each link connects one org, once, and only for a while\. Ask whoever sent it to you for another\./,
    )
    await expectAccessible(page)
    expect(await domainField(page).count()).toBe(0)
  })

  it('that runs out while a person is at it says so at the next step', async () => {
    const visit = await visitTokenStep(stage)
    await expire(visit)
    await enterToken(visit.page, stage.sim.token)
    await at(visit.page, REFUSED)
    expect(await keptBy(visit.page)).not.toContain(stage.sim.token)
  })

  it('that runs out after the check connects nothing', async () => {
    const visit = await visitCheck(stage, { title: 'The token can read everything' })
    await expire(visit)
    await press(visit.page, 'Connect')
    await at(visit.page, REFUSED)
    expect(await stage.call('GET', `${visit.organization}/connections`)).toMatchObject({ items: [] })
  })

  it('that was forged opens nothing: another organization in it, or another signature', async () => {
    const { token } = await stage.invite()
    const [head = '', , signature = ''] = token.split('.')
    const claims = { ...payloadOf(token), organization_id: '00000000-0000-7000-8000-000000000000' }
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
    const page = await stage.open(`/connect/${head}.${payload}.${signature}`)
    await at(page, REFUSED)
    await page.goto(`${stage.url}/connect/${token.slice(0, -8)}AAAAAAAA`)
    await at(page, REFUSED)
  })

  it('that is nonsense, or that only a part is left of, is told in words', async () => {
    const { token } = await stage.invite()
    const cut = [token.slice(0, -20), token.slice(0, 60), '', 'hello', 'a.b.c', 'a/b', '%00']
    const page = await stage.open('/connect')
    for (const nonsense of [...cut, '%3Cscript%3Ealert(1)%3C%2Fscript%3E', 'x'.repeat(3_000)]) {
      await at(page, REFUSED)
      await page.goto(`${stage.url}/connect/${nonsense}`)
    }
    await at(page, REFUSED)
  })
})

describe('a link that updates a connection', () => {
  let organization: string
  let connectionId: string
  const updateLink = async () => {
    const path = `${organization}/connection-invite-tokens`
    const { url } = await stage.call<{ url: string }>('POST', path, { connection_id: connectionId })
    return new URL(url).pathname
  }

  beforeAll(async () => {
    const visit = await visitCheck(stage, { title: 'The token can read everything' })
    await press(visit.page, 'Connect')
    await at(visit.page, 'Connected, and everything is read')
    organization = visit.organization
    connectionId = (await connectionOf(stage, organization)).id
  })

  it('knows the domain, takes a new token, and what was read stays', async () => {
    const page = await stage.open(await updateLink())
    await at(page, 'Update the connection to Acme Small')
    await says(page, /needs a new API token of the same org\. What was read before stays\./)
    expect(await domainField(page).inputValue()).toBe(stage.sim.origin)
    await expectAccessible(page)
    await press(page, 'Continue')
    const token = stage.sim.addToken({ name: 'renewed' })
    await at(page, 'Create an API token in Okta')
    await enterToken(page, token)
    await at(page, 'The token can read everything')
    await says(page, /The next sync/)
    await press(page, 'Connect')
    await at(page, 'Connected, and everything is read')
    expect(await keptBy(page)).not.toContain(token)
    expect((await connectionOf(stage, organization)).id).toBe(connectionId)
    expect(stage.sim.requests.at(-1)?.token).toBe('renewed')
  })

  it('refuses another org in words, and the connection keeps its token', async () => {
    const page = await stage.open(await updateLink())
    await domainField(page).fill(other.origin)
    await press(page, 'Continue')
    expect(await alertOn(page)).toMatch(/^This is another Okta org than the one this connection was made for\./)
    expect(await tokenField(page).count()).toBe(0)
    await expectAccessible(page)
    expect(await connectionOf(stage, organization)).toMatchObject({ state: 'ACTIVE', health: { status: 'HEALTHY' } })

    await enterDomain(page, stage.sim.origin)
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    expect(await pressable(page, 'Connect')).toBe(1)
  })
})
