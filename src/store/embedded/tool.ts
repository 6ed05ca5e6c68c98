import { spawn } from 'node:child_process'
import { messageOf } from '../../errors.ts'
import type { ServerUser } from './server-user.ts'

export interface ToolResult {
  ok: boolean
  /** What it printed, or why it could not be run at all. */
  output: string
}

/**
 * Settings come on the command line only: PGDATA, PGPORT, TZ and their kind are read from the environment by the server
 * and by initdb, and whatever is set in the user's shell was meant for another server.
 */
export const CLEAN_ENV = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }

export const HAS_PROC = process.platform === 'linux'

/**
 * How the server and initdb are told their folder on Linux. They are started *in* it, before they give up root, and
 * find it again through this link whatever the folders above it allow. So a data folder below /root works, and no
 * folder has to be opened up for the server's user.
 * https://man7.org/linux/man-pages/man5/proc_pid_cwd.5.html
 */
export function folderArgument(pgdata: string): string {
  return HAS_PROC ? '/proc/self/cwd' : pgdata
}

/** Runs one of PostgreSQL's programs to its end as the server's user. Never throws: the output says what was wrong. */
export async function runTool(program: string, args: string[], cwd: string, user: ServerUser): Promise<ToolResult> {
  try {
    return await ended(program, args, cwd, user)
  } catch (error) {
    return { ok: false, output: messageOf(error) }
  }
}

/**
 * In a session of its own: Ctrl-C in the terminal is sent to Rollcall's process group, and Rollcall decides what ends
 * then. It never outlives us.
 */
function ended(program: string, args: string[], cwd: string, user: ServerUser): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...user,
      cwd,
      env: CLEAN_ENV,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const kill = () => void child.kill()
    const over = () => void process.off('exit', kill)
    process.once('exit', kill)
    let printed = ''
    let complaint = ''
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    child.once('error', (error) => {
      over()
      reject(error)
    })
    child.once('close', (code, signal) => {
      over()
      if (code === 0) resolve({ ok: true, output: `${printed}${complaint}` })
      else resolve({ ok: false, output: complaint || `${program} ended with ${signal ?? `code ${code}`}` })
    })
  })
}
