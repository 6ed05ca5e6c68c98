import { type BaseRow, entity } from './entity.ts'
import { id, type JsonValue, json, nullable, text, time } from './fields.ts'

export interface LogEventRow extends BaseRow {
  published_at: string | null
  event_type: string | null
  severity: string | null
  display_message: string | null
  outcome: string | null
  outcome_reason: string | null
  actor_vendor_id: string | null
  actor_user_id: string | null
  actor_type: string | null
  actor_name: string | null
  actor_alternate_id: string | null
  client_ip: string | null
  client_user_agent: string | null
  client_device: string | null
  client_zone: string | null
  client_country: string | null
  client_city: string | null
  targets: JsonValue[] | null
  session_id: string | null
  transaction_id: string | null
  transaction_type: string | null
  api_token_id: string | null
}

export const LogEvent = entity<LogEventRow>({
  name: 'log-event',
  table: 'log_events',
  sentence:
    'An entry of the System Log. Okta keeps 90 days; entries may arrive late, so their order here is not their order in time.',
  appendOnly: true,
  fields: {
    published_at: nullable(time('When it happened.')),
    event_type: nullable(text('What happened, such as `user.session.start`.')),
    severity: nullable(text('`DEBUG`, `INFO`, `WARN` or `ERROR`.')),
    display_message: nullable(text('What happened, in words.')),
    outcome: nullable(text('How it ended, as received: `SUCCESS`, `FAILURE`, `DENY` and others.')),
    outcome_reason: nullable(text('Why it ended so.')),
    actor_vendor_id: nullable(text("Okta's id of who did it.")),
    actor_user_id: nullable(id('Our id of the user who did it; null when the actor is not a user.')),
    actor_type: nullable(text('What did it, such as `User` or `SystemPrincipal`.')),
    actor_name: nullable(text('The display name of who did it, when it happened.')),
    actor_alternate_id: nullable(text('The login or other id of who did it, when it happened.')),
    client_ip: nullable(text('The address the request came from.')),
    client_user_agent: nullable(text('The user agent of the request.')),
    client_device: nullable(text('The kind of device, such as `Computer`.')),
    client_zone: nullable(text('The network zone the request came from.')),
    client_country: nullable(text('The country that Okta takes the address for.')),
    client_city: nullable(text('The city that Okta takes the address for.')),
    targets: nullable(
      json<JsonValue[]>(
        'What it happened to, as received. Find a target by its `type`, never by its place in the list.',
      ),
    ),
    session_id: nullable(text('The session it belongs to.')),
    transaction_id: nullable(text('The request or job it belongs to.')),
    transaction_type: nullable(text('`WEB` for a request, `JOB` for a job.')),
    api_token_id: nullable(text("Okta's id of the API token that caused it.")),
  },
})
