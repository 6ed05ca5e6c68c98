import { useMemo } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { useAnswer } from '../ui/use-answer.ts'
import { whyColumn } from './access.tsx'
import { Moment, None, Status, Text } from './cells.tsx'
import * as columns from './columns.tsx'
import { Facts, OktaId } from './facts.tsx'
import { applicationName } from './names.ts'
import { RawJson } from './raw-json.tsx'
import { RecordById, type RecordKind, RecordPage } from './record-page.tsx'
import { Section, useRelated } from './section.tsx'
import { readable, signOnWords } from './words.ts'

const KIND: RecordKind = { page: 'applications', title: 'Applications', thing: 'application' }

type Assigned = Schema<'UserOfApplication'>
type AssignedGroup = Schema<'GroupOfApplication'>
type Guard = Schema<'PolicyOfApplication'>

/** One application: who may use it and why, and which policies guard it. */
export function ApplicationPage({ record }: { readonly record: string | null }) {
  return (
    <RecordById kind={KIND} record={record} list={(options) => api.GET('/idp/applications', options)}>
      {(id) => <ApplicationRecord key={id} id={id} />}
    </RecordById>
  )
}

function ApplicationRecord({ id }: { readonly id: string }) {
  const { headers, path } = useConnection()
  const inPath = { application_id: id }
  const answer = useAnswer(id, (signal) =>
    dataOf(api.GET('/idp/applications/{application_id}', { params: { path: inPath }, headers, signal })),
  )
  const includeDeleted = answer.data?.is_deleted ?? false
  const related = useRelated(inPath, includeDeleted)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(() => columnsOf(path), [id])
  return (
    <RecordPage
      kind={KIND}
      id={id}
      answer={answer}
      name={applicationName}
      status={({ status, vendor_status }) => <Status kind="application" status={status} vendorStatus={vendor_status} />}
      facts={(application) => <ApplicationFacts application={application} />}
    >
      <div class="record-columns">
        <div class="record-column">
          <Section
            title="Users"
            things="users of this application"
            resources={['application_users', 'application_groups', 'group_memberships', 'users']}
            {...related((options) => api.GET('/idp/applications/{application_id}/users', options))}
            columns={shown.users}
            isGone={isUserGone}
            none="This application is assigned to nobody."
          />
        </div>
        <div class="record-column">
          <Section
            title="Groups"
            things="groups of this application"
            resources={['application_groups', 'groups']}
            {...related((options) => api.GET('/idp/applications/{application_id}/groups', options))}
            columns={shown.groups}
            isGone={isGroupGone}
            note="Whoever is in one of these groups has the application. The lowest priority decides for those in several."
            none="No group gives this application to its members."
          />
          <Section
            title="Policies"
            things="policies of this application"
            resources={['policy_mappings', 'policies', 'applications']}
            {...related((options) => api.GET('/idp/applications/{application_id}/policies', options))}
            columns={shown.policies}
            none="No policy names this application."
          />
        </div>
      </div>
      <RawJson
        id={id}
        load={(signal) =>
          dataOf(
            api.GET('/idp/applications/{application_id}', {
              params: { path: inPath, query: { raw: true } },
              headers,
              signal,
            }),
          )
        }
      />
    </RecordPage>
  )
}

const isUserGone = (user: Assigned) => user.is_deleted || user.access.is_deleted
const isGroupGone = (group: AssignedGroup) => group.is_deleted || group.assignment.is_deleted

const columnsOf = (path: columns.Path) => ({
  users: [
    columns.userNameColumn<Assigned>(path),
    whyColumn<Assigned>(path),
    {
      key: 'username',
      label: 'As',
      place: 'widest' as const,
      cell: ({ access }: Assigned) => <Text>{access.username}</Text>,
    },
    columns.userStatusColumn<Assigned>(),
  ],
  groups: [
    columns.groupNameColumn<AssignedGroup>(path),
    { ...columns.groupTypeColumn<AssignedGroup>(), place: 'below' as const },
    {
      key: 'priority',
      label: 'Priority',
      place: 'state' as const,
      width: 'number' as const,
      cell: ({ assignment }: AssignedGroup) =>
        assignment.priority === null ? <None /> : <span class="number muted">Priority {assignment.priority}</span>,
    },
  ],
  policies: [
    columns.policyNameColumn<Guard>(path),
    columns.policyTypeColumn<Guard>(),
    columns.policyStatusColumn<Guard>(),
  ],
})

function ApplicationFacts({ application }: { readonly application: Schema<'Application'> }) {
  return (
    <Facts
      facts={{
        'Sign-on': signOnWords(application.sign_on_mode) ?? 'None',
        'In Okta’s catalog': <Text>{application.name}</Text>,
        'Shown to users': application.is_hidden !== null && (application.is_hidden ? 'No' : 'Yes'),
        'Can be requested': application.is_self_service !== null && (application.is_self_service ? 'Yes' : 'No'),
        Created: <Moment at={application.vendor_created_at} />,
        'Last updated': application.last_updated_at && <Moment at={application.last_updated_at} />,
        Provisioning: application.features.map(readable).join(', '),
        'Okta id': <OktaId id={application.vendor_id} />,
      }}
    />
  )
}
