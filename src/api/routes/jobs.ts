import { z } from 'zod'
import { isoNow } from '../../clock.ts'
import { AppError } from '../../errors.ts'
import type { AuditAction } from '../../store/audit.ts'
import { lockConnectionOf } from '../../store/connection-changes.ts'
import type { Connection } from '../../store/connections.ts'
import { hasCredentials } from '../../store/credentials.ts'
import { countJobs, findPastJob, listJobs } from '../../store/job-history.ts'
import { enqueue, requestCancel } from '../../store/job-queue.ts'
import { JOB_MODES, type Job, type JobMode } from '../../store/jobs.ts'
import { audit } from '../audit.ts'
import { credentialsMissing, type WriteCall } from '../connection-writes.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { connectionNotFound, connectionOf } from '../found.ts'
import { jobAnswers } from '../job-answers.ts'
import { JobModel } from '../job-model.ts'
import { answerList, offsetListOf, offsetQuery } from '../offset-list.ts'
import { choice, uuid } from '../parameters.ts'
import { planAnswer, SyncPlanModel } from '../plan-model.ts'
import type { ApiServices } from '../services.ts'

const path = '/v1/provisioning/organizations/{organization_id}/connections/{connection_id}'
const params = z.object({ organization_id: uuid('The organization.'), connection_id: uuid('The connection.') })
const jobParams = params.extend({ job_id: uuid('The job.') })
/** What counting an org that was never synced may end in. */
const FROM_OKTA = ['okta_token_rejected', 'not_an_okta_org', 'okta_unreachable', 'okta_timeout'] as const
const Nothing = z.object({}).nullable().optional().meta({ id: 'Nothing', description: 'Nothing needs to be said.' })

const Which = z
  .object({
    mode: z
      .enum(JOB_MODES)
      .nullable()
      .optional()
      .describe(
        'What is read. `full`, as where nothing is said: everything. `incremental`: what has changed since the last sync, in a few requests; where there is no full sync to build on, it is a full one.',
      ),
  })
  .nullable()
  .optional()
  .meta({ id: 'SyncRequest', description: 'What is to be read.' })

const list = endpoint({
  method: 'get',
  path: `${path}/jobs`,
  operationId: 'list_jobs_by_connection_id',
  tag: 'jobs',
  summary: 'List jobs of a connection',
  description: 'The newest first.',
  access: 'organization',
  params,
  query: z.object(offsetQuery),
  response: offsetListOf(JobModel, 'JobList'),
  errors: ['connection_not_found'],
  handle: async ({ services, query, ...call }) => {
    const connection = await connectionOf(services.db, call)
    const page = await answerList(query, {
      items: (slice) => listJobs(services.db, { connectionId: connection.id, ...slice }),
      count: () => countJobs(services.db, connection.id),
    })
    return { ...page, items: await jobAnswers(services, connection, page.items) }
  },
})

const get = endpoint({
  method: 'get',
  path: `${path}/jobs/{job_id}`,
  operationId: 'get_job_by_id',
  tag: 'jobs',
  summary: 'Get job',
  description: 'While it runs: how far each resource is, the rate limits, and the time left, as of a few seconds ago.',
  access: 'organization',
  params: jobParams,
  response: JobModel,
  errors: ['connection_not_found', 'job_not_found'],
  handle: async ({ services, ...call }) => {
    const connection = await connectionOf(services.db, call)
    return answer(services, connection, call.params.job_id)
  },
})

const plan = endpoint({
  method: 'get',
  path: `${path}/plan`,
  operationId: 'plan_sync_by_connection_id',
  tag: 'jobs',
  summary: 'Plan sync',
  description:
    'What a sync would take, were it asked for now, by rate limit and resource. Of a connection that has been synced it is known from what is stored, and Okta is not asked; a first sync is counted in some forty requests. An incremental sync takes at least what is said here: what has changed is known once it has begun.',
  access: 'organization',
  params,
  query: z.object({
    mode: choice(
      JOB_MODES,
      'Which sync: `full`, unless said otherwise. Without a full one to build on it is a full one.',
    ),
  }),
  response: SyncPlanModel,
  errors: ['connection_not_found', 'credentials_missing', ...FROM_OKTA],
  handle: async ({ services, query, signal, ...call }) => {
    const connection = await connectionOf(services.db, call)
    return planAnswer(await services.planSync(connection, query.mode ?? 'full', signal))
  },
})

const cancel = endpoint({
  method: 'post',
  path: `${path}/jobs/{job_id}/cancel`,
  operationId: 'cancel_job_by_id',
  tag: 'jobs',
  summary: 'Cancel job',
  description:
    'One that waits ends at once, one that runs after the pages in flight, within seconds; what it has read stays. One that has ended is answered as it is.',
  access: 'organization',
  writes: true,
  params: jobParams,
  body: Nothing,
  response: JobModel,
  errors: ['connection_not_found', 'job_not_found'],
  handle: async ({ services, ...call }) => {
    const { db, clock } = services
    const connection = await connectionOf(db, call)
    const job = await findPastJob(db, { connectionId: connection.id, jobId: call.params.job_id })
    if (!job) throw jobNotFound()
    if (job.state !== 'ended') {
      await requestCancel(db, job.id, isoNow(clock))
      const entry = { action: 'sync.canceled', objectType: 'job', objectId: job.id } as const
      await audit(db, call, { ...entry, details: { connection_id: connection.id } })
    }
    return answer(services, connection, job.id)
  },
})

const sync = endpoint({
  method: 'post',
  path: `${path}/sync`,
  operationId: 'sync_connection_by_id',
  tag: 'jobs',
  summary: 'Sync now',
  description:
    'Answers with the job. A connection has one unfinished job at most: where there is one, it is the answer, and does not wait any longer for its next try. A paused connection is synced once.',
  access: 'organization',
  writes: true,
  params,
  body: Which,
  response: JobModel,
  errors: ['connection_not_found', 'credentials_missing'],
  handle: ({ params, body, ...call }) =>
    request(call, params.connection_id, 'sync.requested', { mode: body?.mode ?? 'full' }),
})

const confirm = endpoint({
  method: 'post',
  path: `${path}/confirm-deletes`,
  operationId: 'confirm_deletes_by_connection_id',
  tag: 'jobs',
  summary: 'Confirm held deletes',
  description:
    'Asks for a sync that marks as deleted what Okta no longer lists, however much it is. `held_deletes` of the connection says how much was held back.',
  access: 'organization',
  writes: true,
  params,
  body: Nothing,
  response: JobModel,
  errors: ['connection_not_found', 'credentials_missing', 'sync_already_running'],
  handle: ({ params, ...call }) =>
    request(
      call,
      params.connection_id,
      'deletes.confirmed',
      { settings: { confirmDeletes: true } },
      ({ isNew, job }) => {
        if (!isNew && job.state === 'running')
          throw new AppError('sync_already_running', 'A sync of this connection is running right now.')
      },
    ),
})

interface Asked {
  /** Default: full. */
  readonly mode?: JobMode
  readonly settings?: object
}

/** Asks for a sync, in one transaction with what the audit log tells of it. */
async function request(
  call: WriteCall,
  connectionId: string,
  action: AuditAction,
  { mode = 'full', settings = {} }: Asked,
  check: (queued: { readonly isNew: boolean; readonly job: Job }) => void = () => {},
): Promise<z.infer<typeof JobModel>> {
  const { services, organization } = call
  const at = isoNow(services.clock)
  const { connection, jobId } = await services.db.transaction(async (tx) => {
    const connection = await lockConnectionOf(tx, { organizationId: organization.id, connectionId })
    if (!connection) throw connectionNotFound()
    if (!(await hasCredentials(tx, connectionId))) throw credentialsMissing()
    const able = connection.full_sync_at === null ? 'full' : mode
    const queued = await enqueue(tx, { connectionId, trigger: 'request', mode: able, settings, at })
    check(queued)
    await audit(tx, call, {
      action,
      objectType: 'job',
      objectId: queued.job.id,
      details: { connection_id: connectionId },
    })
    return { connection, jobId: queued.job.id }
  })
  return answer(services, connection, jobId)
}

async function answer(services: ApiServices, connection: Connection, jobId: string) {
  const job = await findPastJob(services.db, { connectionId: connection.id, jobId })
  const [model] = job ? await jobAnswers(services, connection, [job]) : []
  if (!model) throw jobNotFound()
  return model
}

const jobNotFound = (): AppError => new AppError('job_not_found', 'Job Not Found')

export const jobs: readonly Endpoint[] = [list, get, plan, cancel, sync, confirm]
