import { z } from 'zod'
import { type PlanSpent, type SyncPlan, withSpent } from '../store/job-plan.ts'
import type { Step } from '../store/jobs.ts'

/** What a sync is expected to take, before it and beside what it has spent. */

const requests = z.int().describe('Requests to Okta.')
const seconds = z
  .number()
  .nullable()
  .describe('Seconds, at the pace that Okta’s limits leave; null where those are not known.')
const plan = {
  requests,
  seconds,
  at_least: z.boolean().describe('It takes this much and more: not everything could be counted beforehand.'),
  resources: z.record(z.string(), z.int()).describe('Requests by resource.'),
}
const planned = { requests, seconds }

export const SyncPlanModel = z
  .object({
    ...plan,
    buckets: z
      .record(z.string(), z.object(planned))
      .describe("By Okta's rate limits, each named by the path that it is on."),
  })
  .meta({ id: 'SyncPlan', description: 'What a sync is expected to take.' })

export const JobPlanModel = z
  .object({
    ...plan,
    buckets: z
      .record(z.string(), z.object({ ...planned, spent: z.int().describe('Requests made so far.') }))
      .describe("By Okta's rate limits, each named by the path that it is on."),
  })
  .meta({
    id: 'JobPlan',
    description: 'What a job was expected to take as it began, and what it has spent. The estimate stays as it was.',
  })

export const planAnswer = (of: SyncPlan): z.infer<typeof SyncPlanModel> => ({
  ...of,
  resources: { ...of.resources },
  buckets: { ...of.buckets },
})

export function jobPlanAnswer(of: SyncPlan, steps: readonly Pick<Step, 'buckets'>[]): z.infer<typeof JobPlanModel> {
  const spent: PlanSpent = withSpent(of, steps)
  return { ...spent, resources: { ...spent.resources }, buckets: { ...spent.buckets } }
}
