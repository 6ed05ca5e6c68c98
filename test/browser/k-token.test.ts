import { describe, expect, it } from 'vitest'
import { useStage } from './stage.ts'
import { alertOn, at, enterToken, press, pressable, says, tokenField, visitTokenStep } from './walk.ts'

/** The token, as people paste it, and what they leave out. */

const stage = useStage({ users: 12 })

describe('a token', () => {
  it('B138: that is missing is an error of its field, and nobody is asked', async () => {
    const { page } = await visitTokenStep(stage)
    stage.sim.resetCounts()
    for (const nothing of ['', '  ', 'SSWS ', '""']) {
      await tokenField(page).fill(nothing)
      expect(await page.getByRole('alert').count()).toBe(0)
      await press(page, 'Check the token')
      await says(page, 'Paste the token that Okta showed you.')
      expect(await tokenField(page).getAttribute('aria-invalid')).toBe('true')
      await tokenField(page).fill('0')
      await page.getByRole('alert').waitFor({ state: 'detached' })
    }
    await at(page, 'Create an API token in Okta')
    expect(stage.sim.counts.total).toBe(0)
  })

  it('B139: with its scheme, with quotes or a whole header around it is cleaned, and sent with its scheme once', async () => {
    const sent = new Set<string>()
    const listening = stage.sim.fault({
      match: '*',
      where: ({ headers }) => {
        if (headers.authorization) sent.add(headers.authorization)
        return false
      },
    })
    const { page } = await visitTokenStep(stage)
    const { token } = stage.sim
    for (const pasted of [`SSWS ${token}`, `"SSWS SSWS ${token}"`, `Authorization: SSWS ${token}`, ` ${token}\n`]) {
      await enterToken(page, pasted)
      await at(page, 'The token can read everything')
      await press(page, 'Back')
      await at(page, 'Create an API token in Okta')
    }
    expect([...sent]).toEqual([`SSWS ${token}`])
    listening.remove()
  })

  it.each(['{yourApiToken}', '00abc def', '00abc…'])(
    'B139, and %s, which is none, is refused in words, and the next one is taken',
    async (pasted) => {
      const { page } = await visitTokenStep(stage)
      stage.sim.resetCounts()
      await enterToken(page, pasted)
      await says(page, 'This does not look like an Okta API token.')
      expect(await alertOn(page)).toMatch(/Copy it again, and paste it exactly as Okta showed it\./)
      expect(await pressable(page, 'Connect')).toBe(0)
      expect(stage.sim.counts.total).toBe(0)
      await press(page, 'Enter another token')
      await enterToken(page, stage.sim.token)
      await at(page, 'The token can read everything')
    },
  )
})
