import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { AppError } from '../errors.ts'
import { connectionNumbers, jobNumbers, resourceNumbers, runningProgress } from '../store/metrics.ts'
import { readProgress } from './job-progress.ts'
import type { ApiServices } from './services.ts'

/** Serves `/metrics` for Prometheus: requests of this process, and of every connection what the database tells. */
export function serveMetrics(app: FastifyInstance, services: ApiServices): void {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({ name: 'rollcall_build_info', help: 'Always 1.', labelNames: ['version'], registers }).set(
    { version: services.version },
    1,
  )
  const labelNames = ['method', 'route', 'status']
  const requests = new Counter({
    name: 'rollcall_http_requests_total',
    help: 'Requests answered.',
    labelNames,
    registers,
  })
  const seconds = new Histogram({
    name: 'rollcall_http_request_duration_seconds',
    help: 'How long answers took.',
    labelNames: ['method', 'route'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  })
  app.addHook('onResponse', async (request, reply) => {
    // The pattern of the route, never the path: ids would make a series of each request.
    const route = request.routeOptions.url ?? 'none'
    const { method } = request
    requests.inc({ method, route, status: String(reply.statusCode) })
    seconds.observe({ method, route }, reply.elapsedTime / 1000)
  })
  const measure = storedNumbers(registry, services)
  app.get('/metrics', async (request, reply) => {
    admit(request, services.metricsToken)
    await measure()
    return reply
      .header('content-type', registry.contentType)
      .header('cache-control', 'no-store')
      .send(await registry.metrics())
  })
}

/** Without a token only this machine is answered, and no proxy on it: what comes through one comes from elsewhere. */
function admit(request: FastifyRequest, token: string | null): void {
  const { authorization = '', forwarded, 'x-forwarded-for': forwardedFor } = request.headers
  if (token !== null) {
    if (isEqual(authorization, `Bearer ${token}`)) return
    throw new AppError('metrics_refused', 'The token for metrics is missing or wrong.')
  }
  const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.socket.remoteAddress ?? '')
  if (isLocal && forwarded === undefined && forwardedFor === undefined) return
  throw new AppError('metrics_refused', 'Metrics are shown to callers on this machine only.')
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Gauges whose values are read from the database when they are asked for: any process can answer for all. */
function storedNumbers(registry: Registry, { db }: ApiServices): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: readonly string[]) =>
    new Gauge({ name: `rollcall_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  const each = ['connection_id', 'resource']
  const jobs = gauge('jobs', 'Syncs that are remembered, by state and outcome.', ['state', 'outcome'])
  const connections = gauge('connections', 'Connections by state.', ['state'])
  const rows = gauge('resource_rows', 'Records that the last read of a resource showed.', each)
  const held = gauge('resource_held_deletes', 'Deletes that wait for a yes.', each)
  const rejected = gauge('resource_rejected_records', 'Records that could not be understood.', each)
  const lag = gauge('resource_lag_seconds', 'Seconds since a resource was last read completely.', each)
  const requests = gauge('okta_requests', 'Requests to Okta by the syncs that are remembered.', each)
  const limited = gauge('okta_rate_limited', 'Answers 429 to the syncs that are remembered.', each)
  const ofBucket = ['connection_id', 'bucket']
  const limit = gauge('okta_bucket_limit', "Requests a window that Okta grants a running sync's token.", ofBucket)
  const used = gauge('okta_bucket_used_ratio', 'The part of that which is used up in the current window.', ofBucket)
  const all = [jobs, connections, rows, held, rejected, lag, requests, limited, limit, used]

  return async () => {
    const [byResource, byJob, byConnection, running] = await Promise.all([
      resourceNumbers(db),
      jobNumbers(db),
      connectionNumbers(db),
      runningProgress(db),
    ])
    for (const one of all) one.reset()
    for (const { state, outcome, jobs: count } of byJob) jobs.set({ state, outcome }, count)
    for (const { state, connections: count } of byConnection) connections.set({ state }, count)
    for (const numbers of byResource) {
      const labels = { connection_id: numbers.connection_id, resource: numbers.resource }
      rows.set(labels, numbers.rows)
      held.set(labels, numbers.held_deletes)
      rejected.set(labels, numbers.rejected)
      requests.set(labels, numbers.requests)
      limited.set(labels, numbers.rate_limited)
      if (numbers.lag_seconds !== null) lag.set(labels, numbers.lag_seconds)
    }
    for (const { connection_id, progress } of running) {
      for (const bucket of readProgress(progress).buckets) {
        if (bucket.limit === null || bucket.limit <= 0) continue
        const labels = { connection_id, bucket: bucket.bucket }
        limit.set(labels, bucket.limit)
        if (bucket.remaining !== null) used.set(labels, 1 - bucket.remaining / bucket.limit)
      }
    }
  }
}
