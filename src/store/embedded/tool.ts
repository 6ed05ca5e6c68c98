import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
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
  const options = { ...user, cwd, env: CLEAN_ENV }
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, options)
    return { ok: true, output: `${stdout}${stderr}` }
  } catch (error) {
    return { ok: false, output: whatItSaid(error) }
  }
}

function whatItSaid(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { stderr } = error as { stderr?: string }
  return stderr || error.message
}
