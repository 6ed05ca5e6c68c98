import { constants } from 'node:os'
import type { Output } from './output.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
type Signal = (typeof SIGNALS)[number]

/** What each thing that is open gets to close itself when somebody is in a hurry. */
const HURRY_MS = 1_500

export interface Stoppable {
  readonly signal: AbortSignal
  /** Resolves at the first Ctrl-C. */
  readonly stopped: Promise<void>
  /** From now on Ctrl-C ends the process again. */
  end(): void
}

/**
 * What is open in this process and has to be closed, however it ends: by itself, by an error, by Ctrl-C. Last opened,
 * first closed.
 */
export class Lifetime {
  readonly #output: Output
  readonly #closers: (() => Promise<void>)[] = []
  #ending: Promise<unknown[]> | null = null
  #stop: { controller: AbortController; note: string } | null = null
  #isHurried = false

  constructor(output: Output) {
    this.#output = output
    for (const signal of SIGNALS) process.on(signal, this.#onSignal)
  }

  /** True once the process is on its way out; what fails from then on is nobody's concern. */
  get isHurried(): boolean {
    return this.#isHurried
  }

  defer(close: () => Promise<void>): void {
    this.#closers.push(close)
  }

  /** Until ended, the first Ctrl-C aborts the signal and says `note`; the second ends the process at once. */
  stoppable(note: string): Stoppable {
    const stop = { controller: new AbortController(), note }
    this.#stop = stop
    return {
      signal: stop.controller.signal,
      stopped: aborted(stop.controller.signal),
      end: () => {
        if (this.#stop === stop) this.#stop = null
      },
    }
  }

  /** Closes everything; resolves to what went wrong with it. */
  end(limitMs?: number): Promise<unknown[]> {
    this.#ending ??= this.#close(limitMs)
    return this.#ending
  }

  /** Closes what is open as far as that goes quickly, and ends the process. */
  async hurry(exitCode: number): Promise<never> {
    this.#isHurried = true
    this.#output.live?.close()
    await this.end(HURRY_MS)
    process.exit(exitCode)
  }

  async #close(limitMs?: number): Promise<unknown[]> {
    const failures: unknown[] = []
    for (const close of this.#closers.reverse()) {
      const closed = close().catch((failure: unknown) => void failures.push(failure))
      await (limitMs === undefined ? closed : Promise.race([closed, timeout(limitMs)]))
    }
    return failures
  }

  readonly #onSignal = (signal: Signal): void => {
    const exitCode = 128 + constants.signals[signal]
    const { controller, note } = this.#stop ?? {}
    if (controller && !controller.signal.aborted) {
      this.#output.note(note ?? '')
      controller.abort()
      return
    }
    if (this.#isHurried) process.exit(exitCode)
    this.#output.note('Stopped.')
    void this.hurry(exitCode)
  }
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

const timeout = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref())
