import type { Queryable } from '../../src/store/db.ts'
import { eventually } from './eventually.ts'

/**
 * Resolves when the feed shows every change that is committed. Tests of other files have transactions on the same server,
 * and the feed waits for those as well.
 */
export const feedSettled = (db: Queryable): Promise<void> =>
  eventually(
    async () => {
      const [row] = await db.query<{ is_settled: boolean }>(
        `select coalesce(max(tx) < pg_snapshot_xmin(pg_current_snapshot()), true) as is_settled from changes`,
      )
      if (!row?.is_settled) throw new Error('the feed does not show every change yet')
    },
    { timeout: 20_000 },
  )
