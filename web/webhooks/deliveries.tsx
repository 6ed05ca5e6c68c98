import { useId } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { dataOf } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import { formatCount, formatCounted } from '../../ui/numbers.ts'
import { connectionPath } from '../connection/context.tsx'
import { useMayWrite } from '../layout/session.tsx'
import { Moment } from '../records/cells.tsx'
import { api } from '../session.ts'
import { withQuery } from '../ui/address.ts'
import { Failure, sentenceOf } from '../ui/failure.tsx'
import { OffsetPager, offsetIn } from '../ui/offset-pager.tsx'
import { Ago, useEvery } from '../ui/time.tsx'
import { useAction } from '../ui/use-action.ts'
import { useAnswer } from '../ui/use-answer.ts'
import { answerWords, type Delivery, deliveryWords, eventWords } from './words.ts'

const A_PAGE = 25
const STATES = [
  [null, 'All'],
  ['pending', 'Waiting'],
  ['delivered', 'Delivered'],
  ['parked', 'Parked'],
] as const

const LIST = '/provisioning/organizations/{organization_id}/webhook-endpoints/{endpoint_id}/deliveries'

interface DeliveriesProps {
  readonly organizationId: string
  readonly endpointId: string
  /** A message is sent again. */
  onRetried(): void
}

/** The messages to an endpoint, the newest first: what became of each, and what is to come. */
export function Deliveries({ organizationId, endpointId, onRetried }: DeliveriesProps) {
  const { url, query } = useLocation()
  const state = STATES.find(([value]) => value !== null && value === query.state)?.[0] ?? null
  const offset = offsetIn(query.offset)
  const path = { organization_id: organizationId, endpoint_id: endpointId }
  const key = `${endpointId} ${state} ${offset}`
  const { data, error, reload, isLoading } = useAnswer(key, async (signal) => ({
    key,
    page: await dataOf(
      api.GET(LIST, { params: { path, query: { limit: A_PAGE, offset, ...(state && { state }) } }, signal }),
    ),
  }))
  useEvery(5_000, reload)
  const id = useId()
  const page = data?.page
  const isStale = isLoading && data?.key !== key
  return (
    <section class="messages" aria-labelledby={id}>
      <div class="row apart">
        <h2 id={id}>
          Messages{' '}
          {page?.total != null && page.total > 0 && (
            <span class="muted number webhooks-count">{formatCount(page.total)}</span>
          )}
        </h2>
        <nav class="row small states" aria-label="Which messages">
          {STATES.map(([value, name]) => (
            <a
              key={name}
              href={withQuery(url, { state: value, offset: null })}
              aria-current={value === state ? 'true' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </div>
      {error && <Failure error={error} onRetry={reload} title="The messages could not be loaded" />}
      {!page && !error && <div class="card webhooks-coming" aria-busy="true" />}
      {page?.items.length === 0 && (
        <p class="muted section-none">
          {state === null
            ? 'Nothing has been sent yet, or what was is older than three days. Send a test to see whether it arrives.'
            : state === 'parked'
              ? 'No message is parked.'
              : 'There are no such messages.'}
        </p>
      )}
      {page && page.items.length > 0 && (
        <div class="card deliveries" aria-busy={isStale ? 'true' : undefined}>
          <ul aria-label="Messages">
            {page.items.map((delivery) => (
              <DeliveryItem
                key={delivery.id}
                organizationId={organizationId}
                endpointId={endpointId}
                delivery={delivery}
                onRetried={() => {
                  reload()
                  onRetried()
                }}
              />
            ))}
          </ul>
        </div>
      )}
      {page && <OffsetPager of="messages" offset={offset} limit={A_PAGE} total={page.total ?? 0} />}
    </section>
  )
}

interface DeliveryItemProps extends DeliveriesProps {
  readonly delivery: Delivery
}

function DeliveryItem({ organizationId, endpointId, delivery, onRetried }: DeliveryItemProps) {
  const mayWrite = useMayWrite()
  const { tone, text } = deliveryWords(delivery)
  const retry = useAction(async () => {
    const params = { path: { organization_id: organizationId, endpoint_id: endpointId, delivery_id: delivery.id } }
    await dataOf(api.POST(`${LIST}/{delivery_id}/retry`, { params }))
    onRetried()
  })
  const hasFailed = delivery.state === 'parked' || (delivery.state === 'pending' && delivery.attempts > 0)
  return (
    <li class="delivery">
      <span class="delivery-state">
        <Mark tone={tone}>{text}</Mark>
      </span>
      <div class="delivery-what">
        <div>
          {eventWords(delivery.type)} <Subject organizationId={organizationId} delivery={delivery} />
        </div>
        <div class="small muted">
          <Story delivery={delivery} />
        </div>
        {retry.error && <p role="alert">{sentenceOf(retry.error)}</p>}
      </div>
      <span class="small muted delivery-when">
        <Moment at={delivery.created_at} to="second" />
      </span>
      {mayWrite && hasFailed && (
        <Button isBusy={retry.isBusy} onClick={() => void retry.run()}>
          Send again<span class="visually-hidden"> {eventWords(delivery.type)}</span>
        </Button>
      )}
    </li>
  )
}

const PAGES: Readonly<Record<string, string>> = {
  user: 'users',
  group: 'groups',
  application: 'applications',
  policy: 'policies',
}

/** The way to what a message is about, where that has a page. */
function Subject({ organizationId, delivery }: { readonly organizationId: string; readonly delivery: Delivery }) {
  const [, thing = ''] = /^idp\.(\w+)\./.exec(delivery.type) ?? []
  const connection = connectionPath(organizationId, delivery.connection_id)
  const page = PAGES[thing]
  const href = page
    ? `${connection}/${page}/${delivery.subject_id}`
    : thing
      ? `${connection}/changes?recordId=${delivery.subject_id}`
      : `${connection}/sync`
  return (
    <a class="small" href={href}>
      {page ? readableRecord(thing) : thing ? 'Its changes' : 'Its connection'}
    </a>
  )
}

const readableRecord = (thing: string): string => `Its ${thing}`

/** How often it was sent, what came of that, and when it is sent next. */
function Story({ delivery }: { readonly delivery: Delivery }) {
  const { state, attempts, next_attempt_at: next } = delivery
  const tries = attempts === 0 ? 'Not sent yet.' : `Sent ${attempts === 1 ? 'once' : formatCounted(attempts, 'time')}.`
  return (
    <>
      {tries} {answerWords(delivery)}
      {state === 'delivered' && delivery.delivered_at && (
        <>
          {' '}
          Arrived <Ago at={delivery.delivered_at} />.
        </>
      )}
      {state === 'pending' && next && attempts > 0 && (
        <>
          {' '}
          Next try <Ago at={next} />.
        </>
      )}
      {state === 'parked' && delivery.parked_at && (
        <>
          {' '}
          Given up <Ago at={delivery.parked_at} />.
        </>
      )}
    </>
  )
}
