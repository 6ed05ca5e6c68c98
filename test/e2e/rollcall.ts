import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, inject } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Looks like a token of Okta's and must never be seen in anything that is printed. */
export const CANARY = '00CANARYcanaryCANARYcanaryCANARYcanary0000'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves once stderr has shown the text. */
  shown(text: string): Promise<void>
  /** Resolves to the first line of stdout that has the text. @throws when the process ends without it */
  printed(text: string): Promise<string>
}

/** The real CLI in a process of its own, with nothing of the test's own environment that it would heed. */
export function startRollcall(args: readonly string[], env: Record<string, string> = {}): Running {
  return start(process.execPath, [inject('program'), ...args], env)
}

export const rollcall = (args: readonly string[], env?: Record<string, string>): Promise<Ended> =>
  startRollcall(args, env).ended

/** A command line for `sh`, with `$ROLLCALL` for the CLI. */
export const shell = (line: string, env: Record<string, string> = {}): Promise<Ended> =>
  start('sh', ['-c', line], { ROLLCALL: `${process.execPath} ${inject('program')}`, ...env }).ended

function start(program: string, args: readonly string[], env: Record<string, string>): Running {
  const child = spawn(program, args, {
    cwd: ROOT,
    // A folder that cannot be made: whoever forgets DATABASE_URL must not touch the machine's own data.
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ROLLCALL_DATA_DIR: '/dev/null/rollcall', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      expectNoSecret(stdout + stderr, env)
      resolve({ code, stdout, stderr })
    })
  })
  return {
    child,
    ended,
    shown: (text) =>
      new Promise((resolve) => {
        const look = () => {
          if (!stderr.includes(text)) return
          child.stderr.off('data', look)
          resolve()
        }
        child.stderr.on('data', look)
        look()
      }),
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = stdout
            .split('\n')
            .slice(0, -1)
            .find((each) => each.includes(text))
          if (line === undefined) return
          child.stdout.off('data', look)
          resolve(line)
        }
        child.stdout.on('data', look)
        child.on('close', () => reject(new Error(`it ended without ${text}:\n${stdout}${stderr}`)))
        look()
      }),
  }
}

/** Whatever a command prints, the token and the database's password are not in it. */
function expectNoSecret(printed: string, env: Record<string, string>): void {
  const password = env.DATABASE_URL && URL.canParse(env.DATABASE_URL) ? new URL(env.DATABASE_URL).password : ''
  for (const secret of [CANARY, env.OKTA_API_TOKEN, password]) {
    if (secret && secret.length > 8) expect(printed).not.toContain(secret)
  }
}

/** One clear sentence and the fix: an error line, no stack trace, exit code 1. */
export function expectRefusal({ code, stderr }: Ended, sentence: string): void {
  expect(stderr).toContain(sentence)
  expect(stderr).toMatch(/^Error: /m)
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(code).toBe(1)
}
