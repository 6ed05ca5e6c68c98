import { useId } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { dataOf } from '../../../src/client/index.ts'
import { formatCount, formatCounted, formatShare } from '../../../ui/numbers.ts'
import { api } from '../../session.ts'
import { withQuery } from '../../ui/address.ts'
import { TimeChart } from '../../ui/chart.tsx'
import { Failure } from '../../ui/failure.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { useConnection } from '../context.tsx'
import { bucketsIn, busiest, chartOf, RANGES, rangeOf } from './requests.ts'

/** Requests to Okta over time, and how near they came to Okta's limits. `until` is new when a sync has ended: read anew then. */
export function RequestsChart({ until }: { readonly until: string | null }) {
  const { params, connectionId } = useConnection()
  const { url, query, route } = useLocation()
  const range = rangeOf(query.range)
  const { data, error, reload } = useAnswer(`${connectionId} ${range.name} ${until}`, async (signal) => {
    const now = Date.now()
    const since = new Date(now - range.hours * 3_600_000).toISOString()
    const { items } = await dataOf(
      api.GET('/provisioning/organizations/{organization_id}/connections/{connection_id}/requests', {
        params: { ...params, query: { since, per: range.per } },
        signal,
      }),
    )
    return { items, now, range }
  })
  const buckets = data ? bucketsIn(data.items) : []
  const bucket = buckets.find((one) => one === query.bucket) ?? null
  const chart = data && chartOf(data.items, { bucket, range: data.range, now: data.now })
  const id = useId()

  return (
    <section class="stack tight" aria-labelledby={id}>
      <div class="row apart">
        <h2 id={id}>Requests to Okta</h2>
        <div class="row">
          <select
            class="input bucket-select"
            aria-label="Rate limit"
            value={bucket ?? ''}
            onChange={(event) => route(withQuery(url, { bucket: event.currentTarget.value || null }), true)}
          >
            <option value="">All rate limits together</option>
            {buckets.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
          <nav class="ranges" aria-label="Range of time">
            {RANGES.map(({ name, words }) => (
              <a
                key={name}
                href={withQuery(url, { range: name })}
                aria-current={name === range.name ? 'true' : undefined}
              >
                {words}
              </a>
            ))}
          </nav>
        </div>
      </div>
      {error && <Failure error={error} onRetry={reload} title="The requests could not be loaded" />}
      <div class="card requests">
        <p class="requests-sum muted">{data && <Summary {...data} />}</p>
        {chart ? (
          <TimeChart label={labelOf(bucket)} height={220} kind="bars" {...chart} />
        ) : (
          <div class="chart-coming" />
        )}
      </div>
    </section>
  )
}

const labelOf = (bucket: string | null): string => (bucket ? `Requests to Okta under ${bucket}` : 'Requests to Okta')

function Summary({
  items,
  range,
}: {
  readonly items: Parameters<typeof busiest>[0]
  readonly range: (typeof RANGES)[number]
}) {
  const sum = items.reduce((total, { requests }) => total + requests, 0)
  if (sum === 0) return <>No requests in the last {range.inWords}.</>
  const limited = items.reduce((total, { rate_limited }) => total + rate_limited, 0)
  const most = busiest(items, range.minutes)
  return (
    <>
      {formatCounted(sum, 'request')} in the last {range.inWords}, {limited === 0 ? 'none' : formatCount(limited)}{' '}
      answered with 429.
      {most && (
        <>
          {' '}
          Nearest to a limit: {most.share < 0.001 ? 'less than 0.1%' : formatShare(most.share)} of what Okta grants{' '}
          {range.each} under <code>{most.bucket}</code>.
        </>
      )}
    </>
  )
}
