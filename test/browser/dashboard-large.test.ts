import { expect, it } from 'vitest'
import { connect, jobWith } from '../e2e/server.ts'
import { useStage } from './stage.ts'

const stage = useStage({ org: 'r1', limitScale: Number.POSITIVE_INFINITY })
it('measures', async () => {
  stage.sim.fault('factors-forbidden'); if (process.env.NOAPP) stage.sim.fault('app-users-forbidden')
  const start = performance.now()
  const connection = await connect(stage.url, stage.key, stage.sim)
  let job: any
  for (;;) {
    const { items } = await stage.call<any>('GET', `${connection.path}/jobs?limit=1`)
    job = items[0]
    if (job.status !== 'PENDING' && job.status !== 'RUNNING') break
    await new Promise((r) => setTimeout(r, 200))
  }
  console.log(
    'took',
    performance.now() - start,
    job.status,
    JSON.stringify(
      job.data_exports.map((x: any) => [x.resource, x.outcome, x.rows, x.requests, x.started_at, x.finished_at]),
      null,
      1,
    ),
  )
  expect(job.status).toBe('PARTIAL')
}, 120_000)
