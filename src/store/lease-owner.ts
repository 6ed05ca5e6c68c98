import { systemCode } from '../errors.ts'
import { newId } from '../ids.ts'
import { placeOfThisProcess, startTimeOf } from './embedded/process-table.ts'

/**
 * Who works on a job, as a text that no other run of any process anywhere has:
 * `<host>/<process id namespace>/<start of the process>/<process id>/<uuid>`. It names the process, so that others on
 * the same machine can see at once that it is dead, and do not have to wait until its lease runs out.
 */
export const newLeaseOwner = (): string =>
  [placeOfLeases(), startTimeOf(process.pid) ?? '', process.pid, newId()].join('/')

/** What the owners begin with whose processes can be seen from here: this host, this namespace of process ids. */
export function placeOfLeases(): string {
  const [host = '', namespace = ''] = placeOfThisProcess().replaceAll('/', '-').split(' ')
  return `${host}/${namespace.replace(/\D/g, '') || '-'}`
}

/** Whether the owner's process is known to be gone. False where it cannot be known from here: its lease runs out. */
export function isDead(owner: string): boolean {
  const [host, namespace, startedAt = '', pidText] = owner.split('/')
  if (`${host}/${namespace}` !== placeOfLeases() || startedAt === '') return false
  // Machines may share a name, and the first namespace of each has the same number; a boot they do not share.
  if (bootOf(startedAt) !== bootOf(startTimeOf(process.pid) ?? '')) return false
  const pid = Number(pidText)
  const now = startTimeOf(pid)
  return now === undefined ? !isHidden(pid) : now !== startedAt
}

/** On Linux a process's start is told in ticks since a boot that is named before them. */
const bootOf = (startedAt: string): string => startedAt.slice(0, Math.max(0, startedAt.indexOf('.')))

/** A process of another user may be there and not be shown: only a signal tells. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return systemCode(error) !== 'ESRCH'
  }
}
