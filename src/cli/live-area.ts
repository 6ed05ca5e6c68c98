import type { Writable } from 'node:stream'
import { clip } from './paint.ts'

/** https://en.wikipedia.org/wiki/ANSI_escape_code and, for synchronized output, https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036 */
const HIDE_CURSOR = '\x1b[?25l'
const SHOW_CURSOR = '\x1b[?25h'
const BEGIN_FRAME = '\x1b[?2026h'
const END_FRAME = '\x1b[?2026l'
const CLEAR_LINE_REST = '\x1b[K'
const CLEAR_BELOW = '\x1b[J'
const up = (lines: number) => (lines > 0 ? `\x1b[${lines}A\r` : '\r')

/**
 * The last lines of a terminal, redrawn in place. Written rather than taken from a library: progress-bar libraries draw
 * bars, not tables, and none lets log lines of another writer (pino, on the same terminal) pass above them.
 */
export class LiveArea {
  readonly #stream: Writable & { columns?: number; rows?: number }
  #lines: readonly string[] = []
  /** Lines on the screen, above the cursor. */
  #drawn = 0
  #isOpen = false
  #isSteppedAside = false

  constructor(stream: Writable & { columns?: number; rows?: number }) {
    this.#stream = stream
    // A narrower terminal has broken the lines that are there: begin anew below them.
    stream.on('resize', () => {
      this.#drawn = 0
    })
  }

  /** Replaces what is shown. Lines that do not fit, to the right or below, are cut off. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) {
      this.#isOpen = true
      process.once('exit', this.#showCursor)
      this.#stream.write(HIDE_CURSOR)
    }
    this.#lines = lines
    if (!this.#isSteppedAside) this.#paint()
  }

  /** Takes everything off the screen. */
  close(): void {
    if (!this.#isOpen) return
    this.#erase()
    this.#lines = []
    this.#isOpen = false
    process.off('exit', this.#showCursor)
    this.#showCursor()
  }

  /** Lets `write` write above it. */
  aside(write: () => void): void {
    if (!this.#isOpen || this.#isSteppedAside) {
      write()
      return
    }
    this.#isSteppedAside = true
    this.#erase()
    try {
      write()
    } finally {
      this.#isSteppedAside = false
      this.#paint()
    }
  }

  #paint(): void {
    const { columns, rows } = this.#stream
    // Some terminals say 0 for "I do not know".
    const shown = this.#lines.slice(0, Math.max(1, (rows || 24) - 1))
    const text = shown.map((line) => `${clip(line, columns || 80)}${CLEAR_LINE_REST}\n`).join('')
    this.#stream.write(`${BEGIN_FRAME}${up(this.#drawn)}${text}${CLEAR_BELOW}${END_FRAME}`)
    this.#drawn = shown.length
  }

  #erase(): void {
    this.#stream.write(`${up(this.#drawn)}${CLEAR_BELOW}`)
    this.#drawn = 0
  }

  readonly #showCursor = (): void => {
    this.#stream.write(SHOW_CURSOR)
  }
}
