import { z } from 'zod'
import { CONNECTION_STATES } from '../../store/connections.ts'
import { listJobs } from '../../store/job-history.ts'
import { ConnectedOrg, orgOf } from '../connection-model.ts'
import type { Call, Contexts, Endpoint } from '../endpoint.ts'
import { endpoint } from '../endpoint.ts'
import { connectionOf } from '../found.ts'
import { inviteRefused } from '../invite.ts'
import { jobAnswers } from '../job-answers.ts'
import { isOver, JobModel } from '../job-model.ts'
import { uuid } from '../parameters.ts'

const params = z.object({ organization_id: uuid('The organization.'), connection_id: uuid('The connection.') })

const ConnectionProgress = z
  .object({
    state: z.enum(CONNECTION_STATES).describe('The state of the connection.'),
    org: ConnectedOrg,
    job: JobModel.nullable().describe('Its newest sync; null before the first.'),
  })
  .meta({ id: 'ConnectionProgress', description: 'How far a connection is.' })

/** How often those who watch are told anew, if there is anything new. */
const TELL_MS = 1_000

type Watched = Call<z.infer<typeof params>, unknown, unknown> & Contexts['invite']

const get = endpoint({
  method: 'get',
  path: '/v1/provisioning/organizations/{organization_id}/connections/{connection_id}/progress',
  operationId: 'get_connection_progress',
  tag: 'jobs',
  summary: 'Watch progress',
  description:
    'The newest sync of a connection. With an invite token only of the connection that the token made or updated.',
  access: 'invite',
  params,
  response: ConnectionProgress,
  errors: ['connection_not_found'],
  handle: (call) => progressOf(call),
  events: {
    schemas: { progress: ConnectionProgress },
    description:
      'With `Accept: text/event-stream` an event `progress` tells the same now and whenever it has changed, looked at once a second, until the sync has come to its end.',
    stream: async (call, send) => {
      let told = ''
      for (;;) {
        const progress = await progressOf(call)
        const text = JSON.stringify(progress)
        if (text !== told) send('progress', progress)
        told = text
        if (progress.job && isOver(progress.job.status)) return
        await call.services.clock.sleep(TELL_MS, call.signal)
      }
    },
  },
})

async function progressOf({ services, organization, params, actor }: Watched) {
  if (actor.type === 'invite_token' && actor.invite.connection_id !== params.connection_id) throw inviteRefused()
  const connection = await connectionOf(services.db, { organization, params })
  const jobs = await listJobs(services.db, { connectionId: connection.id, limit: 1, offset: 0 })
  const [job = null] = await jobAnswers(services, connection, jobs)
  return { state: connection.state, org: orgOf(connection), job }
}

export const progress: readonly Endpoint[] = [get]
