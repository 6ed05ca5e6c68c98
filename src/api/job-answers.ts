import type { z } from 'zod'
import type { Connection } from '../store/connections.ts'
import { listStepsOf, type PastJob } from '../store/job-history.ts'
import type { TellingJob } from '../store/quiet-rounds.ts'
import { type JobModel, jobAnswer } from './job-model.ts'
import { resourcesOf } from './resources.ts'
import type { ApiServices } from './services.ts'

/** Jobs of one connection as answers, with their steps. */
export async function jobAnswers(
  { db, connectors }: Pick<ApiServices, 'db' | 'connectors'>,
  connection: Pick<Connection, 'vendor'>,
  jobs: readonly (PastJob & Partial<TellingJob>)[],
): Promise<z.infer<typeof JobModel>[]> {
  const steps = await listStepsOf(
    db,
    jobs.map(({ id }) => id),
  )
  const resources = resourcesOf(connectors, connection.vendor)
  return jobs.map((job) =>
    jobAnswer(
      job,
      steps.filter(({ job_id }) => job_id === job.id),
      resources,
    ),
  )
}
