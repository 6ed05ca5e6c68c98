import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { keptBy, useStage } from './stage.ts'
import { at, domainField, enterToken, openInvite, press, says, tokenField, visitTokenStep } from './walk.ts'

const stage = useStage({ users: 12 })

const isKept = async (page: Page): Promise<boolean> => (await keptBy(page)).includes(stage.sim.token)

describe('the Okta API token', () => {
  it('is nowhere once it was sent: no address, storage, cookie, document or line of the server has it', async () => {
    const { page } = await visitTokenStep(stage)
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url(), request.headers().referer ?? ''))
    await tokenField(page).fill(stage.sim.token)
    expect(await isKept(page), 'in its field, as long as that is there').toBe(true)

    await press(page, 'Check the token')
    await page.getByRole('list', { name: 'What the token can read' }).waitFor()
    expect(await isKept(page), 'while it is checked').toBe(false)
    await at(page, 'The token can read everything')
    await says(page, /About \d+ requests/)
    expect(await isKept(page), 'after the check').toBe(false)

    await press(page, 'Connect')
    await at(page, 'Connected, and everything is read')
    expect(await isKept(page), 'after it was stored').toBe(false)
    await page.reload()
    await at(page, 'Connected, and everything is read')
    expect(await isKept(page), 'after a reload').toBe(false)

    expect(addresses.filter((address) => address.includes(stage.url)).length).toBeGreaterThan(3)
    expect(addresses.filter((address) => address.includes(stage.sim.token))).toEqual([])
    expect(stage.printed()).toContain('"url"')
    expect(stage.printed()).not.toContain(stage.sim.token)
  })

  it('is gone when the person goes back or reloads, and has to be entered again', async () => {
    const { page } = await visitTokenStep(stage)
    await enterToken(page, stage.sim.token)
    await at(page, 'The token can read everything')
    await press(page, 'Back')
    await at(page, 'Create an API token in Okta')
    expect(await tokenField(page).inputValue()).toBe('')

    await tokenField(page).fill(stage.sim.token)
    await page.reload()
    await at(page, 'Create an API token in Okta')
    expect(await tokenField(page).inputValue()).toBe('')
    expect(await isKept(page)).toBe(false)
  })

  it('is hidden as it is typed, until the person asks to see it', async () => {
    const { page } = await visitTokenStep(stage)
    const field = tokenField(page)
    await field.fill('00abc')
    expect(await field.getAttribute('type')).toBe('password')
    expect(await field.getAttribute('autocomplete')).toBe('off')
    await press(page, 'Show the token')
    expect(await field.getAttribute('type')).toBe('text')
    expect(await field.inputValue()).toBe('00abc')
    await press(page, 'Hide the token')
    expect(await field.getAttribute('type')).toBe('password')
  })
})

describe('everything else that was typed', () => {
  it('survives a reload: the domain as it was typed, then the org that was found', async () => {
    const { page } = await openInvite(stage)
    await domainField(page).fill(`  ${stage.sim.origin}/admin/  `)
    await says(page, /^Okta address:/)
    await page.reload()
    await at(page, 'Connect Okta')
    expect(await domainField(page).inputValue()).toBe(`  ${stage.sim.origin}/admin/  `)

    await press(page, 'Continue')
    await at(page, 'Create an API token in Okta')
    await page.reload()
    await at(page, 'Create an API token in Okta')
    await says(page, new URL(stage.sim.origin).host)
    await press(page, 'Back')
    await at(page, 'Connect Okta')
    expect(await domainField(page).inputValue()).toBe(`  ${stage.sim.origin}/admin/  `)
  })

  it('survives an error: a domain that was refused can be mended', async () => {
    const { page } = await openInvite(stage)
    await domainField(page).fill('acme')
    await press(page, 'Continue')
    await says(page, /Did you mean acme\.okta\.com\?/)
    expect(await domainField(page).inputValue()).toBe('acme')
    expect(await domainField(page).getAttribute('aria-invalid')).toBe('true')
    await page.reload()
    await at(page, 'Connect Okta')
    expect(await domainField(page).inputValue()).toBe('acme')
  })
})
