import { dataOf, type Schema } from '../../src/client/index.ts'
import { History } from '../changes/history.tsx'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { useAnswer } from '../ui/use-answer.ts'
import { Attributes, attributesOf } from './attributes.tsx'
import { Moment, Status, Text } from './cells.tsx'
import { Facts, OktaId } from './facts.tsx'
import { userName } from './names.ts'
import { RawJson } from './raw-json.tsx'
import { RecordById, type RecordKind, RecordPage } from './record-page.tsx'
import { UserApplications, UserEvents, UserFactors, UserGroups, UserPolicies, UserRoles } from './user-sections.tsx'

type User = Schema<'User'>

const KIND: RecordKind = { page: 'users', title: 'Users', thing: 'user' }

/** One user: who it is, what they may use and why, how they sign in, what they did. */
export function UserPage({ record }: { readonly record: string | null }) {
  return (
    <RecordById kind={KIND} record={record} list={(options) => api.GET('/idp/users', options)}>
      {(id) => <UserRecord key={id} id={id} />}
    </RecordById>
  )
}

function UserRecord({ id }: { readonly id: string }) {
  const { headers } = useConnection()
  const path = { user_id: id }
  const answer = useAnswer(id, (signal) =>
    dataOf(api.GET('/idp/users/{user_id}', { params: { path }, headers, signal })),
  )
  const about = { id, isDeleted: answer.data?.is_deleted ?? false }
  return (
    <RecordPage
      kind={KIND}
      id={id}
      answer={answer}
      name={userName}
      status={(user) => <Status kind="user" status={user.status} vendorStatus={user.vendor_status} />}
      facts={(user) => <UserFacts user={user} />}
    >
      <div class="record-columns">
        <div class="record-column">
          <UserApplications {...about} />
          <UserGroups {...about} />
          <History
            id={id}
            thing="user"
            note="Status, profile, groups, applications, factors and roles: what Rollcall saw change, when it saw it."
            load={(query, signal) =>
              dataOf(
                api.GET('/idp/users/{user_id}/history', {
                  params: { path, query: { ...query, includeRelations: true } },
                  headers,
                  signal,
                }),
              )
            }
          />
          <UserEvents {...about} />
        </div>
        <div class="record-column">
          <UserFactors {...about} />
          <UserRoles {...about} />
          <UserPolicies {...about} />
          <Attributes
            title="Profile attributes"
            attributes={answer.data && profileOf(answer.data)}
            none="The profile has no attributes beyond those above."
          />
        </div>
      </div>
      <RawJson
        id={id}
        load={(signal) =>
          dataOf(api.GET('/idp/users/{user_id}', { params: { path, query: { raw: true } }, headers, signal }))
        }
      />
    </RecordPage>
  )
}

function UserFacts({ user }: { readonly user: User }) {
  return (
    <Facts
      facts={{
        Email: user.email && <Text>{user.email}</Text>,
        Login: user.username && <Text>{user.username}</Text>,
        'Last sign-in': user.last_login_at ? <Moment at={user.last_login_at} to="minute" /> : 'Never',
        Created: <Moment at={user.vendor_created_at} />,
        Activated: user.activated_at && <Moment at={user.activated_at} />,
        Deactivated: user.deactivated_at && <Moment at={user.deactivated_at} />,
        'Status changed': user.status_changed_at && <Moment at={user.status_changed_at} />,
        'Password changed': user.password_changed_at && <Moment at={user.password_changed_at} />,
        'Last updated': user.last_updated_at && <Moment at={user.last_updated_at} />,
        'Okta id': <OktaId id={user.vendor_id} />,
      }}
    />
  )
}

/** The attributes that Okta's profile has, those of the org's own making after the others. */
const profileOf = (user: User): Readonly<Record<string, unknown>> => ({
  first_name: user.first_name,
  last_name: user.last_name,
  display_name: user.display_name,
  secondary_email: user.secondary_email,
  title: user.title,
  department: user.department,
  division: user.division,
  organization: user.organization,
  manager: user.manager,
  manager_id: user.manager_id,
  employee_number: user.employee_number,
  user_type: user.user_type,
  ...attributesOf(user.custom_attributes),
})
