import type { Stream } from '../connectors/connector.ts'
import { isEverything } from './scope.ts'
import type { SyncScope } from './settings.ts'

/**
 * The streams that must end before one begins: the parents it lists by; and where a scope limits what is kept, the
 * users and groups that decide which relations stay.
 */
export function waitsFor<Client>(stream: Stream<Client>, scope: SyncScope): readonly string[] {
  const parents = stream.parents?.from === 'stream' ? [stream.parents.stream] : []
  const relation = ['group-membership', 'application-assignment', 'factor', 'role-assignment'].includes(
    stream.entity.name,
  )
  return relation && !isEverything(scope) ? [...new Set([...parents, 'users', 'groups'])] : parents
}

/** Milliseconds above which a background listing cannot wait for the others: it decides how long the sync takes. */
const LONG = 30_000

/**
 * Whether a background listing may begin beside the others, because it is the longest of them: its parents, one request
 * each, at the pace that its bucket allows. A short one comes strictly last and costs nothing by it.
 */
export function isLongest(parents: number, perMinute: number | null): boolean {
  return perMinute !== null && perMinute > 0 && (parents / perMinute) * 60_000 > LONG
}
