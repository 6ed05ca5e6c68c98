import { useMemo } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { formatCount } from '../../ui/numbers.ts'
import { History } from '../changes/history.tsx'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { useAnswer } from '../ui/use-answer.ts'
import { AsOfField, useAsOf } from './as-of-field.tsx'
import { Attributes, attributesOf } from './attributes.tsx'
import { Moment } from './cells.tsx'
import * as columns from './columns.tsx'
import { Facts, OktaId } from './facts.tsx'
import { groupName } from './names.ts'
import { RawJson } from './raw-json.tsx'
import { RecordById, type RecordKind, RecordPage } from './record-page.tsx'
import { heldRoleColumns } from './role-cells.tsx'
import { Section, useRelated } from './section.tsx'
import { groupTypeWords } from './words.ts'

const KIND: RecordKind = { page: 'groups', title: 'Groups', thing: 'group' }

type Member = Schema<'UserOfGroup'>
type GroupApplication = Schema<'ApplicationOfGroup'>

/** One group: who is in it, and what it gives to them. */
export function GroupPage({ record }: { readonly record: string | null }) {
  return (
    <RecordById kind={KIND} record={record} list={(options) => api.GET('/idp/groups', options)}>
      {(id) => <GroupRecord key={id} id={id} />}
    </RecordById>
  )
}

function GroupRecord({ id }: { readonly id: string }) {
  const { headers, path } = useConnection()
  const inPath = { group_id: id }
  const answer = useAnswer(id, (signal) =>
    dataOf(api.GET('/idp/groups/{group_id}', { params: { path: inPath }, headers, signal })),
  )
  const includeDeleted = answer.data?.is_deleted ?? false
  const related = useRelated(inPath, includeDeleted)
  const { asOf, set: setAsOf } = useAsOf()
  const relatedThen = useRelated(inPath, includeDeleted, asOf)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(
    () => ({
      members: [
        columns.userNameColumn<Member>(path),
        columns.emailColumn<Member>(),
        columns.userStatusColumn<Member>(),
        columns.lastLoginColumn<Member>(),
      ],
      applications: [
        columns.applicationNameColumn<GroupApplication>(path),
        columns.signOnColumn<GroupApplication>(),
        columns.applicationStatusColumn<GroupApplication>(),
      ],
      roles: heldRoleColumns<Schema<'HeldRole'>>(path),
    }),
    [id],
  )
  return (
    <RecordPage
      kind={KIND}
      id={id}
      answer={answer}
      name={groupName}
      status={(group) => <span class="muted">{groupTypeWords(group.types)}</span>}
      facts={(group) => <GroupFacts group={group} path={path} />}
    >
      <div class="record-columns">
        <div class="record-column">
          <Section
            title="Members"
            things="members of this group"
            resources={['group_memberships', 'users']}
            {...relatedThen((options) => api.GET('/idp/groups/{group_id}/users', options))}
            columns={shown.members}
            controls={<AsOfField label="Members as of" value={asOf} onChange={setAsOf} />}
            {...(asOf === null
              ? { isGone: isMemberGone, none: 'Nobody is in this group.' }
              : {
                  isGone: isNeverGone,
                  note: 'Who was in the group then, as far as Rollcall had seen it. Names and statuses are those of now.',
                  none: 'Nobody was in this group then.',
                })}
          />
          <History
            id={id}
            thing="group"
            note={
              <>
                What Rollcall saw change about the group itself. Who joined and left:{' '}
                <a href={path('changes?entity=group-membership')}>changes of memberships</a>.
              </>
            }
            load={(query, signal) =>
              dataOf(api.GET('/idp/groups/{group_id}/history', { params: { path: inPath, query }, headers, signal }))
            }
          />
        </div>
        <div class="record-column">
          <Section
            title="Applications"
            things="applications of this group"
            resources={['application_groups', 'applications']}
            {...related((options) => api.GET('/idp/groups/{group_id}/applications', options))}
            columns={shown.applications}
            isGone={isApplicationGone}
            none="This group gives no application to its members."
          />
          <Section
            title="Admin roles"
            things="admin roles of this group"
            resources={['group_roles', 'user_roles']}
            {...related((options) => api.GET('/idp/groups/{group_id}/roles', options))}
            columns={shown.roles}
            none="This group gives no admin role to its members."
          />
          <Attributes
            title="Profile attributes"
            attributes={answer.data && attributesOf(answer.data.custom_attributes)}
            none="The profile has nothing beyond name and description."
          />
        </div>
      </div>
      <RawJson
        id={id}
        load={(signal) =>
          dataOf(api.GET('/idp/groups/{group_id}', { params: { path: inPath, query: { raw: true } }, headers, signal }))
        }
      />
    </RecordPage>
  )
}

const isNeverGone = () => false
const isMemberGone = (user: Member) => user.is_deleted || user.membership.is_deleted
const isApplicationGone = (application: GroupApplication) => application.is_deleted || application.assignment.is_deleted

interface GroupFactsProps {
  readonly group: Schema<'Group'>
  readonly path: columns.Path
}

function GroupFacts({ group, path }: GroupFactsProps) {
  return (
    <>
      {group.description?.trim() && (
        <p class="record-description">
          <bdi>{group.description}</bdi>
        </p>
      )}
      <Facts
        facts={{
          'Members, as Okta counts': group.users_count !== null && formatCount(group.users_count),
          'Applications, as Okta counts': group.applications_count !== null && formatCount(group.applications_count),
          'Members changed': group.last_membership_updated_at && <Moment at={group.last_membership_updated_at} />,
          Created: <Moment at={group.vendor_created_at} />,
          'Last updated': group.last_updated_at && <Moment at={group.last_updated_at} />,
          'Comes from': group.source_application_id && (
            <a href={path(`applications/${group.source_application_id}`)}>Its application or directory</a>
          ),
          'Okta id': <OktaId id={group.vendor_id} />,
        }}
      />
    </>
  )
}
