import type { Clock } from '../clock.ts'

/** Ends a wait early. Rung while nobody waits, it ends the next wait at once. */
export class Bell {
  #isRung = false
  #wake = () => {}

  ring(): void {
    this.#isRung = true
    this.#wake()
  }

  /** Resolves after `ms`, when the bell rings, or when the signal aborts. */
  async wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isRung) {
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      await clock.sleep(ms, AbortSignal.any([signal, woken.signal])).catch(() => {})
      this.#wake = () => {}
    }
    this.#isRung = false
  }
}
