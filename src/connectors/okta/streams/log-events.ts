import { z } from 'zod'
import { LogEvent, type LogEventRow } from '../../../model/log-event.ts'
import { User } from '../../../model/user.ts'
import { type StreamSettings, stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { isObject, jsonListOrNull, looseId, looseText, looseTime, part, readTime, vendorId } from '../wire.ts'
import { pageLimit } from './page-limit.ts'

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/#tag/SystemLog/operation/listLogEvents */
const OktaLogEvent = z.looseObject({
  uuid: vendorId,
  published: looseTime,
  eventType: looseText,
  severity: looseText,
  displayMessage: looseText,
  outcome: part({ result: looseText, reason: looseText }),
  actor: part({ id: looseId, type: looseText, displayName: looseText, alternateId: looseText }),
  client: part({
    ipAddress: looseText,
    device: looseText,
    zone: looseText,
    userAgent: part({ rawUserAgent: looseText }),
    geographicalContext: part({ country: looseText, city: looseText }),
  }),
  authenticationContext: part({ externalSessionId: looseText }),
  transaction: part({ id: looseText, type: looseText, detail: part({ requestApiTokenId: looseText }) }),
  target: jsonListOrNull,
})

const SIZE = { default: 1000, max: 1000 }
const DAY = 86_400_000
/** Okta keeps the log for 90 days. */
const MAX_DAYS = 90

export const logEvents = stream<OktaClient, LogEventRow>({
  name: 'log_events',
  entity: LogEvent,
  scopes: ['okta.logs.read'],
  bucket: '/api/v1/logs',
  pageSize: SIZE,
  /**
   * Polling, in Okta's words: no upper bound and ascending order give events in the order they were stored, late ones
   * included, and a next link that always goes on. An empty page ends the listing; the next job goes on from the link
   * that page carried. https://developer.okta.com/docs/reference/system-log-query/#polling-requests
   */
  async page({ client, cursor, settings }) {
    const limit = pageLimit(SIZE, settings)
    // The next link says since when by itself; only a first request does.
    const since = cursor === null ? { since: firstSince(settings) } : {}
    const page = await client.list('/api/v1/logs', { query: { ...since, sortOrder: 'ASCENDING', limit }, cursor })
    if (page.cutOff) return page
    if (page.items.length > 0 && page.next !== null && !isCaughtUp(page.items, limit, settings.now)) return page
    return { items: page.items, next: null, resumeFrom: page.next ?? cursor }
  },
  normalize(item, { connectionId }) {
    const event = OktaLogEvent.parse(item)
    const { actor, client, outcome, transaction } = event
    return {
      vendor_id: event.uuid,
      published_at: event.published,
      event_type: event.eventType,
      severity: event.severity,
      display_message: event.displayMessage,
      outcome: outcome.result,
      outcome_reason: outcome.reason,
      actor_vendor_id: actor.id,
      actor_user_id: actor.type === 'User' && actor.id !== null ? User.idOf(connectionId, actor.id) : null,
      actor_type: actor.type,
      actor_name: actor.displayName,
      actor_alternate_id: actor.alternateId,
      client_ip: client.ipAddress,
      client_user_agent: client.userAgent.rawUserAgent,
      client_device: client.device,
      // Okta writes the word where there is no zone.
      client_zone: client.zone === 'null' ? null : client.zone,
      client_country: client.geographicalContext.country,
      client_city: client.geographicalContext.city,
      targets: event.target,
      session_id: event.authenticationContext.externalSessionId,
      transaction_id: transaction.id,
      transaction_type: transaction.type,
      api_token_id: transaction.detail.requestApiTokenId,
    }
  },
})

const firstSince = ({ now, logDays }: StreamSettings): string =>
  new Date(now - Math.min(Math.max(logDays, 0), MAX_DAYS) * DAY).toISOString()

/**
 * A busy org may never answer with an empty page: each answer brings what happened since the last one. A page that is
 * not full and reaches beyond the start of this listing is the end of the log as it stood; its length alone says nothing.
 */
function isCaughtUp(items: readonly unknown[], limit: number, now: number): boolean {
  const last = items.at(-1)
  const published = isObject(last) ? readTime(last.published) : null
  return items.length < limit && published !== null && Date.parse(published) >= now
}
