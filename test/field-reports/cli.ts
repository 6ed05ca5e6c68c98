import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'

/** What a process needs of its surroundings; everything of Rollcall's is left out unless given. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR']

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real command in a process of its own, without a terminal. */
export async function rollcall(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const inherited = Object.fromEntries(INHERITED.map((name) => [name, process.env[name]]))
  const child = spawn(process.execPath, [inject('program'), ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code, stdout, stderr }
}

/** The one JSON object that a command printed. */
export const jsonOf = ({ stdout }: Ran): unknown => JSON.parse(stdout)
