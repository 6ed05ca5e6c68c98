import type { Page } from 'playwright-core'
import type { Sim } from '../sim/index.ts'

/** What the pictures show. */
export interface Place {
  readonly url: string
  readonly key: string
  readonly organizationId: string
  /** An org of 10,000 users; null where none of its pictures is wanted, for reading it takes minutes. */
  readonly connectionId: string | null
  /** A small one in which something has just happened. */
  readonly lively: { readonly connectionId: string; readonly userId: string; readonly groupId: string }
  /** Another organization, which is about to connect. */
  readonly invitedId: string
  readonly hostUrl: string
  /** A webhook endpoint of the organization, with messages that did not arrive. */
  readonly endpointId: string
  readonly sims: { readonly whole: Sim; readonly gaps: Sim }
}

/** One page: its name, and the way to it. */
export interface Picture {
  readonly name: string
  open(page: Page): Promise<void>
}

/** The dashboard, page by page. */
export function dashboardPages(place: Place): Picture[] {
  const connectionAt = (id: string | null) => `/organizations/${place.organizationId}/connections/${id}`
  const connection = connectionAt(place.connectionId)
  const lively = connectionAt(place.lively.connectionId)
  const webhooks = `/organizations/${place.organizationId}/webhooks`
  const at = (name: string, path: string, further?: (page: Page) => Promise<void>): Picture => ({
    name,
    open: async (page) => {
      await signIn(page, place)
      await page.goto(`${place.url}${path}`, { waitUntil: 'networkidle' })
      await further?.(page)
      await page.waitForLoadState('networkidle')
    },
  })
  const record = (name: string, list: string, which = 0) =>
    at(name, `${connection}/${list}`, async (page) => {
      await page.getByRole('table').getByRole('link').nth(which).click()
      await page.getByText('Raw JSON').waitFor()
    })
  return [
    {
      name: 'sign-in',
      open: async (page) => void (await page.goto(`${place.url}/sign-in`, { waitUntil: 'networkidle' })),
    },
    at('home', '/'),
    at('overview', connection),
    at('users', `${connection}/users`),
    at('user', `${lively}/users/${place.lively.userId}`),
    at('groups', `${connection}/groups`),
    at('group', `${lively}/groups/${place.lively.groupId}`),
    at('applications', `${connection}/applications`),
    record('application', 'applications', 2),
    at('roles', `${connection}/roles`),
    at('policies', `${connection}/policies`),
    record('policy', 'policies'),
    at('changes', `${lively}/changes`),
    at('logs', `${connection}/logs`),
    at('webhooks', webhooks),
    at('webhook-endpoint', `${webhooks}/${place.endpointId}`),
    at('new-webhook-endpoint', webhooks, async (page) => {
      await page.getByRole('button', { name: 'New endpoint' }).click()
      await page.getByLabel('Only what is chosen').click()
    }),
    at('sync', `${connection}/sync?range=1h`),
    at('not-found', '/organizations/nowhere'),
  ]
}

async function signIn(page: Page, { url, key }: Place): Promise<void> {
  await page.request.post(`${url}/v1/session`, { data: { api_key: key } })
}

/** The onboarding page, step by step, against an org whose token cannot read everything. */
export function onboardingPages(place: Place): Picture[] {
  const sim = place.sims.gaps
  const step = (name: string, walk: (page: Page) => Promise<void>): Picture => ({
    name: `connect-${name}`,
    open: async (page) => {
      await page.goto(await invitation(place), { waitUntil: 'networkidle' })
      await walk(page)
    },
  })
  const domain = async (page: Page) => {
    await page.getByLabel('Okta domain').fill(sim.origin)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('API token', { exact: true }).waitFor()
  }
  const check = async (page: Page) => {
    await domain(page)
    await page.getByLabel('API token', { exact: true }).fill(sim.token)
    await page.getByRole('button', { name: 'Check the token' }).click()
    await page.getByText(/finishes in|How long/).waitFor()
  }
  const connect = async (page: Page) => {
    await check(page)
    await page.getByRole('button', { name: /^Connect/ }).click()
  }
  return [
    step('1-domain', async (page) => {
      await page.getByLabel('Okta domain').fill('https://acme-admin.okta.com/admin/dashboard')
      await page.getByText('is the admin console').waitFor()
    }),
    step('2-token', domain),
    step('3-check', check),
    step('4-sync', async (page) => {
      // Slow enough to be seen at work.
      const slow = sim.fault({ match: 'GET /api/v1/users/{id}/factors', delayMs: 2_000 })
      await connect(page)
      await page.getByText(/^Reading \d/).waitFor()
      slow.remove()
    }),
    step('5-done', async (page) => {
      await connect(page)
      await page.getByRole('button', { name: 'Done' }).waitFor()
    }),
    {
      name: 'connect-refused',
      open: async (page) => {
        await page.goto(`${(await invitation(place)).slice(0, -3)}xxx`, { waitUntil: 'networkidle' })
      },
    },
  ]
}

/** The component within another product. */
export const embedded = (place: Place): Picture[] => [
  {
    name: 'embedded',
    open: async (page) => {
      await page.goto(place.hostUrl, { waitUntil: 'networkidle' })
      await page.getByRole('button', { name: /^Connect/ }).click()
      await page.getByLabel('Okta domain').waitFor()
    },
  },
]

async function invitation({ url, key, invitedId }: Place): Promise<string> {
  const answer = await fetch(`${url}/v1/provisioning/organizations/${invitedId}/connection-invite-tokens`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ vendor: 'OKTA_IDP' }),
  })
  return ((await answer.json()) as { url: string }).url
}
