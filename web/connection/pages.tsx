import type { ComponentType } from 'preact'
import { later } from '../layout/later.tsx'
import { NotFoundPage } from '../not-found.tsx'
import { ConnectionProvider } from './context.tsx'
import { ConnectionFrame } from './frame.tsx'

/** A page of a connection. `record` is the last part of its address, for a page about one record. */
export type ConnectionPage = ComponentType<{ readonly record: string | null }>

const page = (load: () => Promise<ConnectionPage>): ConnectionPage => later(load)

const records = () => import('../records/index.ts')
/** The pages by their part of the address; those of one record after a slash. */
const PAGES: Readonly<Record<string, ConnectionPage>> = {
  '': page(() => import('../overview/page.tsx').then(({ OverviewPage }) => OverviewPage)),
  sync: page(() => import('./sync/page.tsx').then(({ SyncPage }) => SyncPage)),
  users: page(() => records().then(({ UsersPage }) => UsersPage)),
  'users/': page(() => records().then(({ UserPage }) => UserPage)),
  groups: page(() => records().then(({ GroupsPage }) => GroupsPage)),
  'groups/': page(() => records().then(({ GroupPage }) => GroupPage)),
  applications: page(() => records().then(({ ApplicationsPage }) => ApplicationsPage)),
  'applications/': page(() => records().then(({ ApplicationPage }) => ApplicationPage)),
  roles: page(() => records().then(({ RolesPage }) => RolesPage)),
  policies: page(() => records().then(({ PoliciesPage }) => PoliciesPage)),
  'policies/': page(() => records().then(({ PolicyPage }) => PolicyPage)),
  changes: page(() => import('../changes/page.tsx').then(({ ChangesPage }) => ChangesPage)),
  logs: page(() => records().then(({ LogsPage }) => LogsPage)),
}

interface ConnectionPagesProps {
  readonly organization: string
  readonly connection: string
  readonly page?: string
  readonly record?: string
}

/** Everything under the address of one connection. */
export function ConnectionPages({ organization, connection, page = '', record }: ConnectionPagesProps) {
  const Page = PAGES[record === undefined ? page : `${page}/`]
  if (!Page) return <NotFoundPage />
  return (
    <ConnectionProvider key={connection} organizationId={organization} connectionId={connection}>
      <ConnectionFrame page={page}>
        <Page key={record} record={record ?? null} />
      </ConnectionFrame>
    </ConnectionProvider>
  )
}
