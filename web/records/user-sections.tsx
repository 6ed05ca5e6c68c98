import { useMemo, useState } from 'preact/hooks'
import type { Schema } from '../../src/client/index.ts'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import type { Column } from '../table/data-table.tsx'
import { listPage } from '../table/list.ts'
import { WhyPolicy, whyColumn } from './access.tsx'
import { Moment, Status, Text } from './cells.tsx'
import * as columns from './columns.tsx'
import { eventColumns, type LogEvent } from './event-cells.tsx'
import { EventDialog } from './event-dialog.tsx'
import { mergedEvents } from './log-events.ts'
import { heldRoleColumns } from './role-cells.tsx'
import { Section, useRelated } from './section.tsx'
import { authenticatorWords, methodWords } from './words.ts'

/** Of which user. */
interface AboutUser {
  readonly id: string
  readonly isDeleted: boolean
}

type UserGroup = Schema<'GroupOfUser'>

export function UserGroups({ id, isDeleted }: AboutUser) {
  const { path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(
    () => [
      columns.groupNameColumn<UserGroup>(path),
      columns.descriptionColumn<UserGroup>(),
      columns.groupTypeColumn<UserGroup>(),
    ],
    [id],
  )
  const related = useRelated({ user_id: id }, isDeleted)
  return (
    <Section
      title="Groups"
      things="groups of this user"
      resources={['group_memberships', 'groups']}
      {...related((options) => api.GET('/idp/users/{user_id}/groups', options))}
      columns={shown}
      isGone={isGroupGone}
      none="This user is in no group."
    />
  )
}
const isGroupGone = (group: UserGroup) => group.is_deleted || group.membership.is_deleted

type UserApplication = Schema<'ApplicationOfUser'>

export function UserApplications({ id, isDeleted }: AboutUser) {
  const { path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(
    () => [
      columns.applicationNameColumn<UserApplication>(path),
      whyColumn<UserApplication>(path),
      {
        key: 'username',
        label: 'As',
        place: 'widest' as const,
        cell: ({ access }: UserApplication) => <Text>{access.username}</Text>,
      },
      columns.applicationStatusColumn<UserApplication>(),
    ],
    [id],
  )
  const related = useRelated({ user_id: id }, isDeleted)
  return (
    <Section
      title="Applications"
      things="applications of this user"
      resources={['application_users', 'application_groups', 'group_memberships', 'applications']}
      {...related((options) => api.GET('/idp/users/{user_id}/applications', options))}
      columns={shown}
      isGone={isApplicationGone}
      none="No application is assigned to this user."
    />
  )
}
const isApplicationGone = (application: UserApplication) => application.is_deleted || application.access.is_deleted

type Factor = Schema<'Factor'>

const FACTOR_COLUMNS: readonly Column<Factor>[] = [
  {
    key: 'authenticator',
    label: 'Factor',
    place: 'name',
    cell: (factor) => <Text>{authenticatorWords(factor.authenticator, factor.factor_type)}</Text>,
  },
  {
    key: 'method',
    label: 'Method',
    place: 'below',
    cell: ({ factor_type, provider, device_name, platform }) => (
      <Text>{[methodWords(factor_type), provider, device_name, platform].filter(Boolean).join(' · ')}</Text>
    ),
  },
  {
    key: 'created',
    label: 'Enrolled',
    place: 'aside',
    width: 'time',
    cell: (factor) => <Moment at={factor.vendor_created_at} />,
  },
  {
    key: 'status',
    label: 'Status',
    place: 'state',
    width: 'state',
    cell: (factor) => <Status kind="factor" status={factor.status} vendorStatus={factor.vendor_status} />,
  },
]

export function UserFactors({ id, isDeleted }: AboutUser) {
  const related = useRelated({ user_id: id }, isDeleted)
  return (
    <Section
      title="Factors"
      things="factors"
      resources={['factors']}
      {...related((options) => api.GET('/idp/users/{user_id}/factors', options))}
      columns={FACTOR_COLUMNS}
      note="Okta leaves out what the enrollment policy does not allow, or not from the network zone that Rollcall asks from."
      none="Okta shows no factor. That is not the same as none: see above."
    />
  )
}

type HeldRole = Schema<'HeldRole'>

export function UserRoles({ id, isDeleted }: AboutUser) {
  const { path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(() => heldRoleColumns<HeldRole>(path), [id])
  const related = useRelated({ user_id: id }, isDeleted)
  return (
    <Section
      title="Admin roles"
      things="admin roles"
      resources={['user_roles', 'group_roles']}
      {...related((options) => api.GET('/idp/users/{user_id}/roles', options))}
      columns={shown}
      none="This user holds no admin role."
    />
  )
}

type UserPolicy = Schema<'PolicyOfUser'>

export function UserPolicies({ id, isDeleted }: AboutUser) {
  const { path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(
    () => [
      columns.policyNameColumn<UserPolicy>(path),
      columns.policyTypeColumn<UserPolicy>(),
      {
        key: 'why',
        label: 'Why',
        place: 'aside' as const,
        cell: (policy: UserPolicy) => <WhyPolicy policy={policy} path={path} />,
      },
      columns.policyStatusColumn<UserPolicy>(),
    ],
    [id],
  )
  const related = useRelated({ user_id: id }, isDeleted)
  return (
    <Section
      title="Policies"
      things="policies for this user"
      resources={['policies', 'group_memberships', 'groups']}
      {...related((options) => api.GET('/idp/users/{user_id}/policies', options))}
      columns={shown}
      note="Of each type in the order in which Okta tries them. Which app sign-in policy is taken, the application decides."
      none="No policy is for this user."
    />
  )
}

/** What the user did and what happened to them, newest first. */
export function UserEvents({ id }: AboutUser) {
  const { headers, path } = useConnection()
  const [open, setOpen] = useState<LogEvent | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the record only
  const shown = useMemo(() => eventColumns(path, setOpen), [id])
  const lists = (['actorId', 'targetId'] as const).map(
    (side) => (cursor: string | null, signal: AbortSignal) =>
      listPage(
        api.GET('/idp/logs', {
          params: {
            query: {
              ...(cursor === null ? { enableCursor: true, [side]: id } : { cursor }),
              limit: cursor === null ? 10 : 50,
            },
          },
          headers,
          signal,
        }),
      ),
  )
  return (
    <>
      <Section
        title="Recent log events"
        things="log events"
        resources={['log_events']}
        scope={id}
        source={{ load: mergedEvents(lists), count: null }}
        columns={shown}
        note={
          <>
            What this user did and what happened to them. In the logs: <a href={path(`logs?actorId=${id}`)}>as actor</a>
            , <a href={path(`logs?targetId=${id}`)}>as target</a>.
          </>
        }
        none="The log that was read has nothing by or about this user."
      />
      <EventDialog event={open} onClose={() => setOpen(null)} />
    </>
  )
}
