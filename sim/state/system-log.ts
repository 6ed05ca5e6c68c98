import {
  generatedPublishedAt,
  generateLogEvent,
  type LogEvent,
  type LogEventInput,
  makeLogEvent,
} from '../generate/log-events.ts'
import type { BaseMemberships } from '../generate/memberships.ts'
import type { World } from '../world.ts'

/** The System Log: events in the order they were stored. An event stored late carries an earlier `published`. */
export class SystemLog {
  readonly #world: World
  readonly #memberships: BaseMemberships
  readonly #appended: LogEvent[] = []
  #byTime: number[] | undefined

  constructor(world: World, memberships: BaseMemberships) {
    this.#world = world
    this.#memberships = memberships
  }

  get count(): number {
    return this.#world.size.logEvents + this.#appended.length
  }

  get(number: number): LogEvent | undefined {
    if (number < 0 || number >= this.count) return undefined
    const base = this.#world.size.logEvents
    return number < base ? generateLogEvent(this.#world, this.#memberships, number) : this.#appended[number - base]
  }

  /** Milliseconds. */
  publishedAt(number: number): number {
    const base = this.#world.size.logEvents
    if (number < base) return generatedPublishedAt(this.#world, number)
    return Date.parse(this.#appended[number - base]?.published ?? '')
  }

  append(input: LogEventInput): LogEvent {
    const event = makeLogEvent(this.#world, this.count, input)
    this.#appended.push(event)
    this.#byTime = undefined
    return event
  }

  /** Stores an event a second time, as it is. */
  repeat(event: LogEvent): void {
    this.#appended.push(event)
    this.#byTime = undefined
  }

  /** Event numbers by `published`, as bounded requests list them. */
  byTime(): readonly number[] {
    if (this.#byTime) return this.#byTime
    const times = Array.from({ length: this.count }, (_, number) => this.publishedAt(number))
    this.#byTime = times.map((_, number) => number).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
    return this.#byTime
  }
}
