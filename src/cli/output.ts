import type { Writable } from 'node:stream'
import { AppError } from '../errors.ts'
import { LOG_LEVELS, type Log, type LogLevel } from '../log.ts'
import { LiveArea } from './live-area.ts'
import { type Paint, painter } from './paint.ts'
import { wrap } from './table.ts'

export interface Terminal {
  readonly stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number }
  readonly stderr: Writable & { isTTY?: boolean; columns?: number; rows?: number }
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Where everything that is shown goes: results to stdout; notes, progress and logs to stderr. A reader who goes away
 * (`| head`) is no error; a disk that is full is one.
 */
export class Output {
  readonly #terminal: Terminal
  readonly live: LiveArea | null
  /** Colors for stdout and for stderr; they change nothing where the other end is no terminal. */
  readonly paint: Paint
  readonly paintNotes: Paint
  #failure: NodeJS.ErrnoException | null = null
  #isTold = false
  /** Woken when stdout can take more, or never will. */
  #onChange: (() => void)[] = []

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    const { stdout, stderr, env } = terminal
    this.paint = painter(stdout.isTTY === true && wantsColor(env))
    this.paintNotes = painter(stderr.isTTY === true && wantsColor(env))
    this.live = stderr.isTTY === true && env.TERM !== 'dumb' ? new LiveArea(stderr) : null
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      this.#failure ??= error
      this.#wake()
    })
    stdout.on('drain', () => this.#wake())
    // Nobody listens to the notes any more; that is no reason to stop working.
    stderr.on('error', () => {})
  }

  get columns(): number {
    return this.#terminal.stdout.columns || 120
  }

  /** False once whoever reads stdout has gone. */
  get hasReader(): boolean {
    return this.#failure?.code !== 'EPIPE'
  }

  /** A line of the result, on stdout. */
  print(line: string): void {
    this.aside(() => void this.#terminal.stdout.write(`${line}\n`))
  }

  /** Part of the result; resolves when there is room for more. @throws AppError when it cannot be written */
  async write(chunk: string): Promise<void> {
    if (this.#failure) return this.#check()
    if (!this.#terminal.stdout.write(chunk)) await new Promise<void>((resolve) => this.#onChange.push(resolve))
    this.#check()
  }

  /** A line for the person who watches, on stderr. */
  note(line: string): void {
    const { isTTY, columns } = this.#terminal.stderr
    const lines = isTTY ? line.split('\n').flatMap((each) => wrap(each, columns || 80)) : [line]
    this.aside(() => void this.#terminal.stderr.write(`${lines.join('\n')}\n`))
  }

  /** Lets something else write to the terminal without garbling what is drawn there. */
  aside(write: () => void): void {
    if (this.live) this.live.aside(write)
    else write()
  }

  /** Waits until everything printed has left. @throws AppError when it cannot be written */
  async flush(): Promise<void> {
    const { stdout, stderr } = this.#terminal
    for (const stream of [stdout, stderr]) {
      if (stream.writableLength === 0 || stream.destroyed) continue
      await new Promise<void>((resolve) => {
        stream.once('error', () => resolve())
        stream.write('', () => resolve())
      })
    }
    if (!this.#isTold) this.#check()
  }

  #check(): void {
    if (!this.#failure || this.#failure.code === 'EPIPE') return
    this.#isTold = true
    const [code, text] =
      this.#failure.code === 'ENOSPC'
        ? (['database_disk_full', 'The disk that the output goes to is full.'] as const)
        : (['usage_invalid', `The output cannot be written (${this.#failure.code}).`] as const)
    throw new AppError(code, text, { cause: this.#failure })
  }

  #wake(): void {
    for (const resolve of this.#onChange.splice(0)) resolve()
  }
}

/** A log whose lines go above what is drawn on the terminal. */
export function logBeside(output: Output, log: Log, level: LogLevel): Log {
  const isShown = (kind: LogLevel) => LOG_LEVELS.indexOf(kind) <= LOG_LEVELS.indexOf(level)
  const beside = (kind: 'error' | 'warn' | 'info' | 'debug') =>
    isShown(kind) ? (fields: object, message: string) => output.aside(() => log[kind](fields, message)) : () => {}
  return { error: beside('error'), warn: beside('warn'), info: beside('info'), debug: beside('debug') }
}

/** https://no-color.org */
const wantsColor = (env: Terminal['env']): boolean => !env.NO_COLOR && env.TERM !== 'dumb'
