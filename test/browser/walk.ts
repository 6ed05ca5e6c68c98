import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { SimClock } from '../../sim/index.ts'
import type { Invite, Stage } from './stage.ts'

/** The steps of connecting an org, as a person takes them. */

export interface Visit extends Invite {
  readonly page: Page
}

/** A person who has opened an invite link of their own. */
export async function openInvite(stage: Stage): Promise<Visit> {
  const invite = await stage.invite()
  const page = await stage.open(invite.path)
  await at(page, 'Connect Okta')
  return { ...invite, page }
}

/** A person who has found the org, and is to enter a token. */
export async function visitTokenStep(stage: Stage, origin: string = stage.sim.origin): Promise<Visit> {
  const visit = await openInvite(stage)
  await enterDomain(visit.page, origin)
  return visit
}

/** A person whose token has been checked; `title` says how it came out. */
export async function visitCheck(
  stage: Stage,
  { title, token = stage.sim.token, origin = stage.sim.origin }: { title: string; token?: string; origin?: string },
): Promise<Visit> {
  const visit = await visitTokenStep(stage, origin)
  await enterToken(visit.page, token)
  await at(visit.page, title)
  return visit
}

/** Waits for the step of that title. */
export const at = (page: Page, title: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor()

/** Waits for the text to be read somewhere. */
export const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).first().waitFor()

/** Waits for an error, and reads it. */
export async function alertOn(page: Page): Promise<string> {
  const alert = page.getByRole('alert')
  await alert.waitFor()
  return (await alert.textContent()) ?? ''
}

export const press = (page: Pick<Page, 'getByRole'>, button: string): Promise<void> =>
  page.getByRole('button', { name: button, exact: true }).click()

/** How many buttons of that name can be pressed. */
export const pressable = (page: Page, button: string): Promise<number> =>
  page.getByRole('button', { name: button, exact: true, disabled: false }).count()

export const domainField = (page: Page) => page.getByRole('textbox', { name: 'Okta domain' })
export const tokenField = (page: Page) => page.getByRole('textbox', { name: 'API token', exact: true })

export async function enterDomain(page: Page, domain: string): Promise<void> {
  await domainField(page).fill(domain)
  await press(page, 'Continue')
  await at(page, 'Create an API token in Okta')
}

export async function enterToken(page: Page, token: string): Promise<void> {
  await tokenField(page).fill(token)
  await press(page, 'Check the token')
}

/** What the check says of each scope: `Users` to `Readable`. */
export async function scopesOn(page: Page): Promise<Record<string, string>> {
  const lines = await page.getByRole('list', { name: 'What the token can read' }).locator('summary').allInnerTexts()
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = line, words = ''] = /^(.+?)\s+okta\.\w+\.read\s+(.+)$/s.exec(line) ?? []
      return [name, words.trim()]
    }),
  )
}

/** What is said of each resource of the sync: `Users` to `Ready`. */
export async function resourcesOn(page: Page): Promise<Record<string, string>> {
  const lines = await page.getByRole('list', { name: 'What is read' }).getByRole('listitem').allInnerTexts()
  return Object.fromEntries(
    lines.map((line) => {
      const parts = line.split(/\n+/).map((part) => part.trim())
      return [parts[0] ?? '', parts.at(-1) ?? '']
    }),
  )
}

interface Listed {
  readonly items: readonly Connected[]
}
export interface Connected {
  readonly id: string
  readonly state: string
  readonly health: { readonly status: string; readonly resolution_owner: string }
}

/** The connections of an organization, as the host product's back end sees them. */
export const connectionsOf = async (stage: Stage, organization: string): Promise<readonly Connected[]> =>
  (await stage.call<Listed>('GET', `${organization}/connections`)).items

/** The one connection that was made. */
export async function connectionOf(stage: Stage, organization: string): Promise<Connected> {
  const [connection, ...others] = await connectionsOf(stage, organization)
  expect(others).toEqual([])
  if (!connection) throw new Error('nothing was connected')
  return connection
}

/** A gate in front of the answers that the simulator was told to delay. It begins open. */
export interface Gate {
  readonly clock: SimClock
  shut(): void
  open(): void
}

export function makeGate(): Gate {
  let release = (): void => undefined
  let passed: Promise<void> = Promise.resolve()
  return {
    clock: {
      now: () => Date.now(),
      hold: (_, gone) =>
        Promise.race([passed, new Promise<void>((end) => gone.addEventListener('abort', () => end(), { once: true }))]),
    },
    shut() {
      release()
      passed = new Promise((open) => {
        release = open
      })
    },
    open: () => release(),
  }
}
