import {
  type LogEvent,
  type LogEventInput,
  type LogTarget,
  makeLogEvent,
  SYSTEM,
  target,
} from '../generate/log-events.ts'
import { EventHookSender } from '../http/event-hook-sender.ts'
import { EventHooks } from '../state/event-hooks.ts'
import { makeState, type OrgState } from '../state/state.ts'
import type { World } from '../world.ts'

/**
 * What becomes of an event: it is stored at once, as usual; once `storeLateEvents` is called; twice; or never. Okta promises
 * neither that events come in time or once, nor that everything has one: imports log little.
 * https://developer.okta.com/docs/reference/system-log-query/
 */
export type EventFate = 'stored' | 'late' | 'doubled' | 'lost'

/** What every change needs: the state, the time, and a way into the System Log. */
export class LoggedState {
  readonly world: World
  readonly eventHooks: EventHooks
  readonly hookSender: EventHookSender
  readonly #now: () => number
  #state: OrgState
  #fate: EventFate = 'stored'
  #late: LogEventInput[] = []

  constructor(world: World, now: () => number) {
    this.world = world
    this.#state = makeState(world)
    this.#now = now
    this.eventHooks = new EventHooks(world.ids.eventHook, now)
    this.hookSender = new EventHookSender({
      seed: world.seed,
      now,
      onFailed: ({ id, name }) =>
        this.logEvent({
          eventType: 'event_hook.delivery',
          severity: 'WARN',
          target: [target('EventHook', id, name)],
          outcome: { result: 'FAILURE', reason: 'The endpoint did not take the delivery' },
        }),
    })
  }

  get state(): OrgState {
    return this.#state
  }

  /** Everything is again as it was when the org was made. */
  startOver(): void {
    this.#state = makeState(this.world)
    this.#fate = 'stored'
    this.#late = []
  }

  /** Milliseconds. */
  now(): number {
    return this.#now()
  }

  /**
   * Stores an event now, and tells the hooks that want it. A `publishedAt` (ms) in the past makes it one that was stored
   * late.
   */
  logEvent(input: Omit<LogEventInput, 'publishedAt'> & { publishedAt?: number }): LogEvent {
    const event = { publishedAt: this.now(), ...input }
    if (this.#fate === 'late') this.#late.push(event)
    if (this.#fate === 'late' || this.#fate === 'lost') return makeLogEvent(this.world, this.state.log.count, event)
    const stored = this.state.log.append(event)
    if (this.#fate === 'doubled') this.state.log.repeat(stored)
    for (const hook of this.eventHooks.toldOf(stored.eventType)) this.hookSender.tell(hook, stored)
    return stored
  }

  /** Makes a change whose events fare otherwise than usual. */
  withEvents<T>(fate: EventFate, change: () => T): T {
    this.#fate = fate
    try {
      return change()
    } finally {
      this.#fate = 'stored'
    }
  }

  /** Stores the events that are late, with the times at which they happened. */
  storeLateEvents(): void {
    for (const event of this.#late.splice(0)) this.logEvent(event)
  }

  protected log(eventType: string, targets: LogTarget[], debugData?: LogEventInput['debugData']): void {
    this.logEvent({ eventType, target: targets, actor: SYSTEM, ...(debugData ? { debugData } : {}) })
  }

  protected userIndex(id: string): number {
    return known(this.state.users.indexOf(id), 'user', id)
  }

  protected groupIndex(id: string): number {
    return known(this.state.groups.indexOf(id), 'group', id)
  }

  protected appIndex(id: string): number {
    return known(this.state.apps.indexOf(id), 'app', id)
  }

  protected policyIndex(id: string): number {
    return known(this.state.policies.indexOf(id), 'policy', id)
  }

  protected userTarget(index: number): LogTarget {
    const profile = this.state.users.get(index)?.profile
    const login = String(profile?.login ?? 'unknown')
    return target('User', this.world.ids.user.make(index), String(profile?.displayName ?? login), login)
  }

  protected groupTarget(index: number): LogTarget {
    const name = String(this.state.groups.table.get(index)?.profile.name ?? 'unknown')
    return target('UserGroup', this.world.ids.group.make(index), name, 'unknown')
  }

  protected appTarget(index: number): LogTarget {
    const app = this.state.apps.table.get(index)
    return target('AppInstance', this.world.ids.app.make(index), app?.label ?? 'unknown')
  }
}

function known(index: number | undefined, what: string, id: string): number {
  if (index === undefined) throw new Error(`The simulated org has no ${what} ${id}`)
  return index
}
