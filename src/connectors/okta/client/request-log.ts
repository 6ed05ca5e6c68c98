import type { Clock } from '../../../clock.ts'
import type { Log } from '../../../log.ts'
import { bucketOf, pathTemplate } from './buckets.ts'
import type { Layer } from './pipeline.ts'

/** Tells the debug log and the asking scope of every single attempt, answered or not. */
export function requestLog({ clock, log }: { clock: Clock; log: Log }): Layer {
  return (next) => async (request) => {
    const bucket = bucketOf(request.path)
    const path = pathTemplate(request.path)
    const resource = request.scope.resource
    const startedAt = clock.now()
    try {
      const response = await next(request)
      const requestId = response.headers.get('x-okta-request-id')
      log.debug(
        { resource, path, status: response.status, ms: clock.now() - startedAt, bucket, request_id: requestId },
        'okta request',
      )
      request.scope.onRequest({ bucket, status: response.status, rateLimited: response.status === 429 })
      return response
    } catch (error) {
      if (request.scope.signal.aborted) throw error
      log.debug({ resource, path, status: null, ms: clock.now() - startedAt, bucket }, 'okta request failed')
      request.scope.onRequest({ bucket, status: null, rateLimited: false })
      throw error
    }
  }
}
