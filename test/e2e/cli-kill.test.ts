import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startSim } from '../../sim/index.ts'
import { stopEmbedded } from '../../src/store/embedded/index.ts'
import { rollcall, startRollcall } from './rollcall.ts'

test('a sync that is killed with -9 is resumed at once in the embedded database it left running', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-kill-'))
  const held: (() => void)[] = []
  let reach = () => {}
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const hold = () => {
    reach()
    return new Promise<void>((resolve) => void held.push(resolve))
  }
  const sim = await startSim({ limitScale: 1_000, clock: { now: () => Date.now(), hold } })
  const env = {
    ROLLCALL_DATA_DIR: dataDir,
    ROLLCALL_ALLOWED_INSECURE_ORIGINS: sim.origin,
    OKTA_API_TOKEN: sim.token,
  }
  try {
    const slow = sim.fault({ match: 'GET /api/v1/users/{id}/factors', skip: 40, delayMs: 1 })
    const first = startRollcall(['sync', '--domain', sim.origin], env)
    await reached
    first.child.kill('SIGKILL')
    await first.ended
    slow.remove()
    for (const release of held) release()

    const second = await rollcall(['sync', '--domain', sim.origin, '--json'], env)
    const result = JSON.parse(second.stdout)
    expect(result).toMatchObject({ outcome: 'complete', resumed: true })
    const rows = Object.entries(result.resources).map(([name, resource]) => [name, Object(resource).rows])
    expect(sim.org.expected()).toMatchObject(Object.fromEntries(rows))
    const asked = sim.requests.filter(({ path }) => /^\/api\/v1\/users\?search=status(\+|%20)pr/.test(path))
    expect(asked, 'what was complete is not read again').toHaveLength(1)

    const exported = await rollcall(['export', 'factor'], env)
    expect(exported.stdout.trimEnd().split('\n')).toHaveLength(sim.org.expected().factors)
    expect(existsSync(join(dataDir, 'pgdata', 'postmaster.pid')), 'nothing is left running').toBe(false)
  } finally {
    await sim.close()
    await stopEmbedded(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
  }
})
