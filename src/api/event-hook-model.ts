import { z } from 'zod'
import { type EventHook, OVERLAP_HOURS } from '../store/event-hooks.ts'
import { eventHookUrl } from './event-hook-receiver.ts'
import type { ApiServices } from './services.ts'

const count = (description: string) => z.int().describe(description)
const moment = (description: string) => z.iso.datetime().nullable().describe(description)

const shape = {
  id: z.uuid().describe('Its id.'),
  connection_id: z.uuid().describe('The connection whose changes it tells.'),
  url: z.string().meta({ format: 'uri' }).describe('Where the vendor is to post to.'),
  header_name: z.string().describe('The header in which the vendor is to show the secret.'),
  event_types: z.array(z.string()).describe('What the vendor is to be subscribed to: all that leads to anything.'),
  verified_at: moment("When the vendor's challenge was last answered; null: not yet."),
  last_delivery_at: moment('When it last told anything; null: not yet.'),
  deliveries: count('Deliveries that showed the secret.'),
  events: count('Events in them, those that were told twice included.'),
  odd: count('Things in them that were no events.'),
  dropped: count('Events that came while the connection was not synced, and went unheeded: the log tells them later.'),
  rejected: count('Requests that did not show the secret; of several within a second one is counted.'),
  last_rejected_at: moment('When such a request last came; null: never.'),
  created_at: z.iso.datetime().describe('When it was made.'),
  rotated_at: moment(
    `When its secret was last replaced; the one before is taken for ${OVERLAP_HOURS} hours from then. Null: never.`,
  ),
}

export const EventHookModel = z
  .object(shape)
  .meta({ id: 'EventHook', description: 'Where a vendor pushes what happens in a connected org, and what came of it.' })

export const EventHookWithSecret = z
  .object({ ...shape, secret: z.string().describe('`rch_…`: the value of the header. It is not shown again.') })
  .meta({ id: 'EventHookWithSecret', description: 'An event hook, and its secret this once.' })

/** A hook as answers tell it. `vendor` is that of its connection. */
export function eventHookAnswer(
  { connectors, publicUrl }: Pick<ApiServices, 'connectors' | 'publicUrl'>,
  vendor: string,
  hook: EventHook,
): z.output<typeof EventHookModel> {
  const description = connectors.find((one) => one.vendor === vendor)?.eventHook
  return {
    ...hook,
    url: eventHookUrl(publicUrl, hook.id),
    header_name: description?.secretHeader ?? '',
    event_types: [...(description?.eventTypes ?? hook.event_types)],
  }
}
