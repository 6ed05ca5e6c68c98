import './page.css'
import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import type { Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { InviteDialog } from '../connection/invite-dialog.tsx'
import { isUnfinished } from '../connection/words.ts'
import { usePageTitle } from '../layout/page-title.tsx'
import { useMayWrite, useSession } from '../layout/session.tsx'
import { withQuery } from '../ui/address.ts'
import { Failure } from '../ui/failure.tsx'
import { OffsetPager, offsetIn } from '../ui/offset-pager.tsx'
import { useEvery } from '../ui/time.tsx'
import { useAnswer } from '../ui/use-answer.ts'
import { Beginning } from './beginning.tsx'
import { IdentifierSearch } from './identifier-search.tsx'
import { loadHome, ORGANIZATIONS_A_PAGE } from './load.ts'
import { NewOrganization } from './new-organization.tsx'
import { OrganizationCard, organizationName } from './organization-card.tsx'

/** All organizations, each with its connections and how these are: the first thing that an engineer sees. */
export function HomePage() {
  usePageTitle('Connections')
  const { url, query, route } = useLocation()
  const mayWrite = useMayWrite()
  const [isNew, setNew] = useState(false)
  const [invited, setInvited] = useState<Schema<'Organization'> | null>(null)
  const offset = offsetIn(query.offset)
  const identifier = query.identifier ?? ''
  const { data, error, reload } = useAnswer(`${offset} ${identifier}`, (signal) =>
    loadHome({ offset, identifier }, signal),
  )
  const isSyncing = data?.items.some(({ connections }) => connections.some((one) => isUnfinished(one.last_job)))
  useEvery(isSyncing ? 8_000 : 60_000, reload)

  const onCreated = (organization: Schema<'Organization'>) => {
    setNew(false)
    setInvited(organization)
    // The newest is the last one.
    const last = Math.floor((data?.total ?? 0) / ORGANIZATIONS_A_PAGE) * ORGANIZATIONS_A_PAGE
    const place = identifier ? 0 : last
    if (place !== offset || identifier)
      route(withQuery(url, { offset: place === 0 ? null : String(place), identifier: null }))
    else reload()
  }
  const isBeginning = data?.isBeginning ?? false

  return (
    <div class="stack home">
      <div class="row apart">
        <h1>Connections</h1>
        {!isBeginning && (
          <div class="row">
            <IdentifierSearch key={identifier} identifier={identifier} />
            {mayWrite && <Button onClick={() => setNew(true)}>New organization</Button>}
          </div>
        )}
      </div>
      <ReadOnlyNotice />
      {error && <Failure error={error} onRetry={reload} title="The connections could not be loaded" />}
      {!data && !error && <div class="coming card home-coming" aria-busy="true" />}
      {isBeginning && <Beginning onNew={() => setNew(true)} />}
      {data?.total === 0 && identifier !== '' && (
        <Notice title="No organization has this identifier">
          <p>
            It has to be exactly <code>{identifier}</code>, capitals included. <a href="/">Show all organizations</a>
          </p>
        </Notice>
      )}
      {!isBeginning &&
        data?.items.map((one) => (
          <OrganizationCard key={one.organization.id} {...one} onConnect={() => setInvited(one.organization)} />
        ))}
      {data && <OffsetPager of="organizations" offset={offset} limit={ORGANIZATIONS_A_PAGE} total={data.total} />}
      {isNew && <NewOrganization onCreated={onCreated} onClose={() => setNew(false)} />}
      {invited && (
        <InviteDialog
          organizationId={invited.id}
          target={{ vendor: 'OKTA_IDP' }}
          title={`Connect Okta for ${organizationName(invited)}`}
          onClose={() => {
            setInvited(null)
            reload()
          }}
        >
          The link opens a page that leads through it: the domain, a token, a check of what the token may read. Send it
          to whoever administers Okta there, or open it yourself. They need no API key.
        </InviteDialog>
      )}
    </div>
  )
}

/** Says once why nothing can be changed. */
function ReadOnlyNotice() {
  const { session } = useSession()
  if (session?.access !== 'read_only') return null
  return (
    <Notice title="You are signed in with a read-only key">
      <p>You can look at everything. To connect an org or to change something, sign in with a key with full access.</p>
    </Notice>
  )
}
