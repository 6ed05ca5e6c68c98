import { EVERYTHING, type SyncScope, storedScope } from '../model/scope.ts'
import type { Connection } from '../store/connections.ts'

/** What a person may set about one sync. */
export interface SyncSettings {
  /** Days of System Log to read at first, at most 90: Okta keeps no more. */
  readonly logDays: number
  /** Rows per page by stream, within what Okta allows. */
  readonly pageSizes: Readonly<Record<string, number>>
  /** Deletes are held back when more than this share of a stream's records would go… */
  readonly deleteShare: number
  /** …and at least this many; or all of them, where a listing that belongs to nothing else came back empty. */
  readonly deleteAtLeast: number
  /** Lets held deletes through. */
  readonly confirmDeletes: boolean
  /** Parents of a child listing that are read at the same time. */
  readonly parallelParents: number
  /** Days after which what nothing tells about (factors, memberships of groups that have not moved) is read again. */
  readonly rereadDays: number
  /** Starts from the beginning although an unfinished sync could be resumed. */
  readonly fresh: boolean
  readonly scope: SyncScope
}

export const DEFAULT_SETTINGS: SyncSettings = {
  logDays: 7,
  pageSizes: {},
  deleteShare: 0.25,
  deleteAtLeast: 20,
  confirmDeletes: false,
  parallelParents: 4,
  rereadDays: 7,
  fresh: false,
  scope: EVERYTHING,
}

/** What the owner of a connection has set, and what is usual for the rest. */
export const settingsOf = ({ reread_days: rereadDays, scope }: Connection): SyncSettings => ({
  ...DEFAULT_SETTINGS,
  rereadDays,
  scope: storedScope(scope),
})
