import { dataOf, type Schema } from '../../../src/client/index.ts'
import { formatCount, formatCounted, formatSeconds, formatShare } from '../../../ui/numbers.ts'
import { api } from '../../session.ts'
import { ScrollRegion } from '../../ui/scroll-region.tsx'
import { useAnswer } from '../../ui/use-answer.ts'
import { useConnection } from '../context.tsx'

/** An estimate to three digits: `12,300`. */
export function roundly(requests: number): string {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, requests))) - 2)
  return formatCount(Math.round(requests / step) * step)
}

interface SyncCostProps {
  /** New when a sync has ended: another would take something else then. */
  readonly until: string | null
}

/** What a full sync would take, were it asked for now. Only for a connection that was read before: then nobody is asked. */
export function SyncCost({ until }: SyncCostProps) {
  const { params, connectionId } = useConnection()
  const { data } = useAnswer(`plan ${connectionId} ${until}`, (signal) =>
    dataOf(
      api.GET('/provisioning/organizations/{organization_id}/connections/{connection_id}/plan', {
        params: { ...params, query: { mode: 'full' } },
        signal,
      }),
    ),
  )
  // Its room stays the same while it is on its way.
  if (!data)
    return (
      <span class="muted">
        …<span class="small fact-more">&nbsp;</span>
      </span>
    )
  const about = data.at_least ? 'At least' : 'About'
  return (
    <>
      {about} {roundly(data.requests)} requests
      {data.seconds !== null && <span class="muted small fact-more">{formatSeconds(data.seconds)} at your limits</span>}
    </>
  )
}

/** Requests that a job has made, of those that were planned. */
export function SpentOfPlan({ job, isOn }: { readonly job: Schema<'Job'>; readonly isOn: boolean }) {
  const { plan, requests, estimate_error: error } = job
  const more = plan && (isOn ? toCome(plan, requests) : told(plan, error))
  return (
    <>
      {formatCount(requests)}
      {more && <span class="muted small fact-more">{more}</span>}
    </>
  )
}

const toCome = ({ requests, at_least: atLeast }: Schema<'JobPlan'>, spent: number): string =>
  spent > requests
    ? `${formatCount(requests)} were planned`
    : `of ${atLeast ? 'at least' : 'about'} ${roundly(requests)}`

function told({ requests }: Schema<'JobPlan'>, error: number | null): string {
  const planned = `${formatCount(requests)} planned`
  return error === null ? planned : `${planned}, ${formatShare(Math.abs(error))} off`
}

/** A job's requests by rate limit, planned and spent. */
export function PlanTable({ job: { plan, estimate_error: error } }: { readonly job: Schema<'Job'> }) {
  if (!plan) return null
  const buckets = Object.entries(plan.buckets).sort(([, a], [, b]) => b.requests - a.requests)
  return (
    <ScrollRegion label="Requests by rate limit">
      <table class="plan small">
        <thead>
          <tr>
            <th scope="col">Rate limit</th>
            <th scope="col" class="end">
              Planned
            </th>
            <th scope="col" class="end">
              Spent
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets.map(([bucket, { requests, spent }]) => (
            <tr key={bucket}>
              <th scope="row">
                <code>{bucket}</code>
              </th>
              <td class="end number">{formatCount(requests)}</td>
              <td class="end number">{formatCount(spent)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{error === null ? 'All' : `All, ${formatShare(Math.abs(error))} off`}</th>
            <td class="end number">{formatCount(plan.requests)}</td>
            <td class="end number">{formatCount(buckets.reduce((sum, [, { spent }]) => sum + spent, 0))}</td>
          </tr>
        </tbody>
      </table>
    </ScrollRegion>
  )
}

/** `235 requests, 236 planned`: a job in a line. */
export const requestsInLine = ({ requests, plan }: Schema<'Job'>): string =>
  plan
    ? `${formatCounted(requests, 'request')}, ${formatCount(plan.requests)} planned`
    : formatCounted(requests, 'request')
