import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runSim } from './cli.ts'

describe('rollcall sim', () => {
  const lines: string[] = []
  beforeEach(() => {
    lines.length = 0
    vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  })
  afterEach(() => vi.restoreAllMocks())
  const isUp = () => vi.waitUntil(() => lines.at(-1)?.includes('Ctrl+C'), { timeout: 15_000 })

  test('the first line is JSON with origin and token, then come words, and SIGTERM ends it', async () => {
    const run = runSim({ faults: ['roles-forbidden'] })
    await isUp()
    const { origin, token } = JSON.parse(lines[0] ?? '')
    const headers = { authorization: `SSWS ${token}` }
    expect((await fetch(`${origin}/api/v1/users/me`, { headers })).status).toBe(200)
    expect((await fetch(`${origin}/api/v1/iam/assignees/users`, { headers })).status).toBe(403)
    expect(lines.join('\n')).toContain('roles-forbidden: Everything about admin roles gets a 403.')
    expect(lines.join('\n')).toContain(`rollcall check --domain ${origin}`)
    process.emit('SIGTERM')
    await run
    await expect(fetch(origin)).rejects.toThrow()
  })

  test.each(['bearer', 'dpop'])(
    'with a %s service app, its client ID and key are in the first line',
    async (serviceApp) => {
      const run = runSim({ serviceApp })
      await isUp()
      const { service_app: app } = JSON.parse(lines[0] ?? '')
      expect(app).toEqual({ client_id: expect.stringMatching(/^0oa/), private_key: expect.stringContaining('"d":') })
      expect(lines.join('\n')).toContain(`--client-id ${app.client_id}`)
      process.emit('SIGTERM')
      await run
    },
  )

  test('a terminal that is closed ends it, too', async () => {
    const run = runSim({})
    await isUp()
    process.emit('SIGHUP')
    await run
  })

  test.each([
    [{ org: 'huge' }, 'Unknown org "huge". Orgs: small, r1, r2'],
    [{ engine: 'x' }, 'Unknown engine "x". Engines: idx (Identity Engine), v1 (Classic)'],
    [{ serviceApp: 'x' }, 'Unknown service app "x". Service apps: bearer, dpop'],
    [{ faults: ['x'] }, 'Unknown fault "x". Faults: rate-limit-429,'],
  ])('%o is refused in one line that names what there is', async (given, message) => {
    await expect(runSim(given)).rejects.toThrow(message)
    expect(lines).toEqual([])
  })
})
