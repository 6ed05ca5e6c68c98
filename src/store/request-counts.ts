import type { Queryable } from './db.ts'

/** Requests to the vendor within one minute that drew on one of its rate limits. */
export interface RequestCount {
  readonly bucket: string
  /** ISO time at which the minute begins. */
  readonly minute: string
  readonly requests: number
  /** Of these, answered with 429. */
  readonly rate_limited: number
  /** Requests a minute that the vendor grants; null where it did not say. */
  readonly granted: number | null
  /** Requests a minute that Rollcall allows itself. */
  readonly allowed: number | null
}

/** Adds to what was counted before. What a sync does is worth more than that it is counted: counts may lack some. */
export async function addRequestCounts(
  db: Queryable,
  connectionId: string,
  counts: readonly RequestCount[],
): Promise<void> {
  if (counts.length === 0) return
  await db.query(
    `insert into request_counts (connection_id, minute, bucket, requests, rate_limited, granted, allowed)
     select $1, c.minute, c.bucket, c.requests, c.rate_limited, c.granted, c.allowed
       from jsonb_to_recordset($2) as c (minute timestamptz, bucket text, requests int, rate_limited int,
                                         granted float8, allowed float8)
     on conflict (connection_id, minute, bucket) do update
        set requests = request_counts.requests + excluded.requests,
            rate_limited = request_counts.rate_limited + excluded.rate_limited,
            granted = coalesce(excluded.granted, request_counts.granted),
            allowed = coalesce(excluded.allowed, request_counts.allowed)`,
    [connectionId, JSON.stringify(counts)],
  )
}

/** Units of time that counts are added up by. */
export const COUNT_UNITS = ['minute', 'hour'] as const
export type CountUnit = (typeof COUNT_UNITS)[number]

export interface CountedRequests extends Omit<RequestCount, 'minute' | 'granted' | 'allowed'> {
  /** ISO time at which the minute or hour begins. */
  readonly at: string
  /** Requests a minute that the vendor grants; null where it did not say. */
  readonly limit: number | null
  /** Requests a minute that Rollcall allows itself. */
  readonly per_minute: number | null
}

/** What was counted from a time on, the oldest first. Limits are the highest of each time. */
export const listRequestCounts = (
  db: Queryable,
  { connectionId, since, per }: { readonly connectionId: string; readonly since: string; readonly per: CountUnit },
): Promise<CountedRequests[]> =>
  db.query<CountedRequests>(
    `select date_trunc($3, minute, 'UTC') as at, bucket, sum(requests)::int as requests,
            sum(rate_limited)::int as rate_limited, max(granted) as "limit", max(allowed) as per_minute
       from request_counts where connection_id = $1 and minute >= $2
      group by 1, 2 order by 1, 2`,
    [connectionId, since, per],
  )
