import { type LogEvent, type LogEventInput, type LogTarget, SYSTEM, target } from '../generate/log-events.ts'
import { EventHookSender } from '../http/event-hook-sender.ts'
import { EventHooks } from '../state/event-hooks.ts'
import { makeState, type OrgState } from '../state/state.ts'
import type { World } from '../world.ts'

/** What every change needs: the state, the time, and a way into the System Log. */
export class LoggedState {
  readonly world: World
  readonly state: OrgState
  readonly eventHooks: EventHooks
  readonly hookSender: EventHookSender
  readonly #now: () => number

  constructor(world: World, now: () => number) {
    this.world = world
    this.state = makeState(world)
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

  /** Milliseconds. */
  now(): number {
    return this.#now()
  }

  /**
   * Stores an event now, and tells the hooks that want it. A `publishedAt` (ms) in the past makes it one that was stored
   * late.
   */
  logEvent(input: Omit<LogEventInput, 'publishedAt'> & { publishedAt?: number }): LogEvent {
    const event = this.state.log.append({ publishedAt: this.now(), ...input })
    for (const hook of this.eventHooks.toldOf(event.eventType)) this.hookSender.tell(hook, event)
    return event
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
