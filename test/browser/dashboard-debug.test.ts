import { it } from 'vitest'
import { call } from '../e2e/server.ts'
import { openSignedIn, connectOrg } from './signed-in.ts'
import { useStage } from './stage.ts'
const stage = useStage({ users: 12 })
it('x', async () => {
  stage.sim.fault('roles-forbidden')
  const c = await connectOrg(stage)
  const first = async (p: string) => (await call('GET', `${stage.url}/v1/idp/${p}`, { key: stage.key, connection: c.id })).items[0]!.id
  const page = await openSignedIn(stage, '/', { viewport: { width: 390, height: 844 } })
  let n = 0
  for (const w of [390, 1280]) {
    await page.setViewportSize({ width: w, height: 844 })
    for (const p of ['', '/roles', '/sync', `/users/${await first('users?status=active')}`]) {
      await page.goto(stage.url + c.page + p)
      await page.waitForLoadState('networkidle')
      await page.screenshot({ path: `/tmp/dash/s${n++}.png` })
    }
  }
}, 100000)
