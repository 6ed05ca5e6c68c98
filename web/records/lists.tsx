import { useMemo } from 'preact/hooks'
import type { Schema } from '../../src/client/index.ts'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { Choices } from '../table/choices.tsx'
import { listPage } from '../table/list.ts'
import { ListView } from '../table/list-view.tsx'
import { Moment, Text } from './cells.tsx'
import * as columns from './columns.tsx'
import { applicationName, byName, groupName, policyName, userName } from './names.ts'
import { groupTypeChoices, policyTypeChoices, policyTypeWords, signOnChoices, statusChoices } from './words.ts'

type User = Schema<'User'>
type Group = Schema<'Group'>
type Application = Schema<'Application'>
type Policy = Schema<'Policy'>

const USER_FILTERS = ['search', 'status'] as const
const userOrder = (a: User, b: User) => byName(userName(a), userName(b))

/** Everybody in the org. */
export function UsersPage() {
  const { connectionId, headers, path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the connection only
  const shown = useMemo(
    () => [
      columns.userNameColumn<User>(path),
      columns.emailColumn<User>(),
      {
        key: 'username',
        label: 'Username',
        place: 'widest' as const,
        cell: (user: User) => <Text>{user.username}</Text>,
      },
      columns.userStatusColumn<User>(),
      columns.lastLoginColumn<User>(),
    ],
    [connectionId],
  )
  return (
    <ListView
      title="Users"
      things="users"
      resources={['users']}
      filters={USER_FILTERS}
      columns={shown}
      search="Search name, email or username"
      order={userOrder}
      load={(query, signal) => listPage(api.GET('/idp/users', { params: { query }, headers, signal }))}
      controls={({ filters, change }) => (
        <Choices
          label="Status"
          choices={statusChoices('user')}
          value={filters.status ?? ''}
          onChange={(status) => change({ status })}
        />
      )}
    />
  )
}

const GROUP_FILTERS = ['search', 'type'] as const
const groupOrder = (a: Group, b: Group) => byName(groupName(a), groupName(b))

/** Every group of the org. */
export function GroupsPage() {
  const { connectionId, headers, path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the connection only
  const shown = useMemo(
    () => [
      columns.groupNameColumn<Group>(path),
      columns.descriptionColumn<Group>(),
      columns.groupTypeColumn<Group>(),
      columns.membersColumn<Group>(),
      {
        key: 'last_membership_updated_at',
        label: 'Members changed',
        place: 'wide' as const,
        width: 'time' as const,
        cell: (group: Group) => <Moment at={group.last_membership_updated_at} />,
      },
    ],
    [connectionId],
  )
  return (
    <ListView
      title="Groups"
      things="groups"
      resources={['groups']}
      filters={GROUP_FILTERS}
      columns={shown}
      search="Search group names"
      order={groupOrder}
      load={(query, signal) => listPage(api.GET('/idp/groups', { params: { query }, headers, signal }))}
      controls={({ filters, change }) => (
        <Choices
          label="Type"
          choices={groupTypeChoices}
          value={filters.type ?? ''}
          onChange={(type) => change({ type })}
        />
      )}
    />
  )
}

const APPLICATION_FILTERS = ['search', 'status', 'type'] as const
const applicationOrder = (a: Application, b: Application) => byName(applicationName(a), applicationName(b))

/** Every application of the org. */
export function ApplicationsPage() {
  const { connectionId, headers, path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the connection only
  const shown = useMemo(
    () => [
      columns.applicationNameColumn<Application>(path),
      columns.signOnColumn<Application>(),
      {
        key: 'catalog',
        label: 'In Okta’s catalog',
        place: 'widest' as const,
        cell: (application: Application) => <Text>{application.name}</Text>,
      },
      columns.applicationStatusColumn<Application>(),
    ],
    [connectionId],
  )
  return (
    <ListView
      title="Applications"
      things="applications"
      resources={['applications']}
      filters={APPLICATION_FILTERS}
      columns={shown}
      search="Search application names"
      order={applicationOrder}
      load={(query, signal) => listPage(api.GET('/idp/applications', { params: { query }, headers, signal }))}
      controls={({ filters, change }) => (
        <>
          <Choices
            label="Status"
            choices={statusChoices('application')}
            value={filters.status ?? ''}
            onChange={(status) => change({ status })}
          />
          <Choices
            label="Sign-on"
            choices={signOnChoices}
            value={filters.type ?? ''}
            onChange={(type) => change({ type })}
          />
        </>
      )}
    />
  )
}

const POLICY_FILTERS = ['search', 'status', 'type'] as const
/** As Okta tries them: those of one type together, by priority. */
const policyOrder = (a: Policy, b: Policy) =>
  byName(policyTypeWords(a.type), policyTypeWords(b.type)) ||
  (a.priority ?? Number.MAX_SAFE_INTEGER) - (b.priority ?? Number.MAX_SAFE_INTEGER) ||
  byName(policyName(a), policyName(b))

/** Every policy of the org. */
export function PoliciesPage() {
  const { connectionId, headers, path } = useConnection()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the connection only
  const shown = useMemo(
    () => [
      columns.policyNameColumn<Policy>(path),
      columns.policyTypeColumn<Policy>(),
      {
        key: 'priority',
        label: 'Priority',
        place: 'wide' as const,
        width: 'number' as const,
        cell: (policy: Policy) => <span class="number">{policy.priority ?? '–'}</span>,
      },
      columns.policyStatusColumn<Policy>(),
    ],
    [connectionId],
  )
  return (
    <ListView
      title="Policies"
      things="policies"
      resources={['policies']}
      filters={POLICY_FILTERS}
      columns={shown}
      search="Search policy names"
      order={policyOrder}
      load={(query, signal) => listPage(api.GET('/idp/policies', { params: { query }, headers, signal }))}
      controls={({ filters, change }) => (
        <>
          <Choices
            label="Type"
            choices={policyTypeChoices}
            value={filters.type ?? ''}
            onChange={(type) => change({ type })}
          />
          <Choices
            label="Status"
            choices={statusChoices('policy')}
            value={filters.status ?? ''}
            onChange={(status) => change({ status })}
          />
        </>
      )}
    />
  )
}
