import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { systemCode } from '../../errors.ts'

/**
 * Questions about other processes. A process id alone says little, because ids are reused: a lock or a pid file that
 * outlived its process may name an innocent one. So an id is always held together with the time its process started.
 */
const isLinux = process.platform === 'linux'

interface ProcessFacts {
  /** The executable's short name. */
  name: string
  /** When it started, as a text that differs between any two processes which had the same id. */
  startedAt: string
}

/**
 * Undefined when there is no such process. A zombie counts as gone: it holds no files and runs no code, but keeps its
 * id until its parent looks, which in a container without an init process may be never.
 */
function factsOf(pid: number): ProcessFacts | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return isLinux ? factsFromProc(pid) : factsFromPs(pid)
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the name is in brackets and may itself contain some. */
function factsFromProc(pid: number): ProcessFacts | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  const nameEnd = stat.lastIndexOf(')')
  const [state, ...fields] = stat.slice(nameEnd + 2).split(' ')
  if (state === 'Z' || state === 'X') return undefined
  // Start times are ticks since boot, and the first processes after a boot have much the same ids and ticks each time.
  const startTicks = fields[18] ?? ''
  return { name: stat.slice(stat.indexOf('(') + 1, nameEnd), startedAt: `${bootId()}.${startTicks}` }
}

function factsFromPs(pid: number): ProcessFacts | undefined {
  try {
    const options = { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C' } } as const
    const line = execFileSync('ps', ['-o', 'stat=,lstart=,comm=', '-p', String(pid)], options).trim()
    const [, state, startedAt, command] = /^(\S+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line) ?? []
    if (!state || state.startsWith('Z')) return undefined
    return { name: command?.split('/').at(-1) ?? '', startedAt: startedAt?.replace(/\s+/g, '_') ?? '' }
  } catch {
    return undefined
  }
}

function bootId(): string {
  return readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Where process ids mean what they mean to us: on this machine, and in this container. Two containers that share a
 * data folder do not see each other's processes. https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
 */
export function placeOfThisProcess(): string {
  place ??= `${hostname()} ${isLinux ? readlinkSync('/proc/self/ns/pid') : process.platform}`
  return place
}

let place: string | undefined

export function startTimeOf(pid: number): string | undefined {
  return factsOf(pid)?.startedAt
}

export function nameOf(pid: number): string | undefined {
  return factsOf(pid)?.name
}

/**
 * Whether a process has this folder as its working folder. `unknown` where the system does not tell: outside Linux, and
 * for root in a container without CAP_SYS_PTRACE (Docker's default) when it asks about another user's process.
 */
export function worksIn(pid: number, folder: string): 'yes' | 'no' | 'unknown' {
  if (!isLinux) return 'unknown'
  try {
    const theirs = statSync(`/proc/${pid}/cwd`, { bigint: true })
    const ours = statSync(folder, { bigint: true })
    return theirs.dev === ours.dev && theirs.ino === ours.ino ? 'yes' : 'no'
  } catch (error) {
    const denied = systemCode(error) === 'EACCES'
    return denied ? 'unknown' : 'no'
  }
}
