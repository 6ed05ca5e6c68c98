import type { IdMaker } from '../ids.ts'
import { iso, type Json } from '../world.ts'

/** An event hook as the org keeps it, see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/EventHook/ */
export interface EventHook {
  id: string
  name: string
  description: string | null
  status: 'ACTIVE' | 'INACTIVE'
  verificationStatus: 'UNVERIFIED' | 'VERIFIED'
  created: string
  createdBy: string
  lastUpdated: string
  eventTypes: string[]
  uri: string
  headers: { key: string; value: string }[]
  /** The value is never shown again. */
  auth: { key: string; value: string } | null
  /** Where the org answers: what its deliveries name as their source. */
  origin: string
}

/** What whoever registers a hook has to say. */
export type EventHookInput = Pick<
  EventHook,
  'name' | 'description' | 'eventTypes' | 'uri' | 'headers' | 'auth' | 'origin'
>

/** The hooks of the org, in the order in which they were made. */
export class EventHooks {
  readonly #ids: IdMaker
  readonly #now: () => number
  readonly #hooks = new Map<string, EventHook>()
  #made = 0

  constructor(ids: IdMaker, now: () => number) {
    this.#ids = ids
    this.#now = now
  }

  add(input: EventHookInput, createdBy: string): EventHook {
    const at = iso(this.#now())
    const hook: EventHook = {
      ...input,
      id: this.#ids.make(this.#made++),
      status: 'ACTIVE',
      verificationStatus: 'UNVERIFIED',
      created: at,
      createdBy,
      lastUpdated: at,
    }
    this.#hooks.set(hook.id, hook)
    return hook
  }

  all(): EventHook[] {
    return [...this.#hooks.values()]
  }

  get(id: string): EventHook | undefined {
    return this.#hooks.get(id)
  }

  /** One whose address or secret changes has to be verified again. */
  replace(hook: EventHook, input: EventHookInput): void {
    const isSame = JSON.stringify(channel(hook)) === JSON.stringify(channel(input))
    this.set(hook, { ...input, ...(isSame ? {} : { verificationStatus: 'UNVERIFIED' as const }) })
  }

  set(hook: EventHook, changes: Partial<EventHook>): void {
    Object.assign(hook, changes, { lastUpdated: iso(this.#now()) })
  }

  remove(id: string): void {
    this.#hooks.delete(id)
  }

  /** Those that are told of an event of this type. That a hook could not be delivered is told to none. */
  toldOf(eventType: string): EventHook[] {
    if (eventType === 'event_hook.delivery') return []
    return this.all().filter(
      ({ status, verificationStatus, eventTypes }) =>
        status === 'ACTIVE' && verificationStatus === 'VERIFIED' && eventTypes.includes(eventType),
    )
  }
}

const channel = ({ uri, headers, auth }: EventHookInput): Json => ({ uri, headers, auth })
