import { readdirSync, readFileSync } from 'node:fs'

/** Peak resident memory of a process so far, in MB (Linux). */
export function peakMb(pid: number): number {
  const match = /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`))
  return match ? Number(match[1]) / 1024 : 0
}

/** Memory of a process and all its descendants now, shared pages counted once (PSS), in MB. */
export function treeMb(root: number): number {
  return descendants(root).reduce((sum, pid) => {
    const match = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))
    return sum + (match ? Number(match[1]) / 1024 : 0)
  }, 0)
}

function descendants(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), Number(/\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1])] as const)
  const found = [root]
  for (const parent of found) for (const [pid, ppid] of parents) if (ppid === parent) found.push(pid)
  return found
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
