import { useMemo, useState } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { type CurrentConnection, useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { Choices } from '../table/choices.tsx'
import type { Column } from '../table/data-table.tsx'
import { listPage } from '../table/list.ts'
import { ListView } from '../table/list-view.tsx'
import { RecordLink, Status, Text } from './cells.tsx'
import type { Path } from './columns.tsx'
import { byName, groupName, userName } from './names.ts'
import { RoleReach, RoleVia } from './role-cells.tsx'
import { roleChoices, roleWords, statusChoices } from './words.ts'

type Role = Schema<'RoleAssignment'>
type Names = ReadonlyMap<string, string>

const FILTERS = ['type', 'principalType', 'status', 'principalId'] as const
type ConnectionHeaders = CurrentConnection['headers']

const NO_NAMES: Names = new Map()
const HOLDERS = [
  { value: 'user', label: 'Users' },
  { value: 'group', label: 'Groups' },
  { value: 'client', label: 'API clients' },
]

/** Who holds which admin role, on what, and through whom. */
export function RolesPage() {
  const { connectionId, headers, path } = useConnection()
  const [names, setNames] = useState(NO_NAMES)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path changes with the connection only
  const columns = useMemo(() => columnsOf(path, names), [connectionId, names])
  const order = useMemo(
    () => (a: Role, b: Role) =>
      byName(roleWords(a.role_type, a.label), roleWords(b.role_type, b.label)) ||
      byName(names.get(a.principal_id) ?? '', names.get(b.principal_id) ?? ''),
    [names],
  )
  return (
    <ListView
      title="Admin roles"
      things="admin roles"
      resources={['user_roles', 'group_roles']}
      filters={FILTERS}
      columns={columns}
      search={null}
      order={order}
      load={async (query, signal) => {
        // One choice or all: the API takes a single kind of holder.
        const page = await listPage(
          api.GET('/idp/roles', {
            params: { query: { ...query, principalType: query.principalType as 'user' | 'group' | 'client' } },
            headers,
            signal,
          }),
        )
        // Before the rows are shown, for they are in the order of the names. Without names there are still the ids.
        const found =
          page.rows.length === 0 ? NO_NAMES : await namesOf(page.rows, headers, signal).catch(() => NO_NAMES)
        if (!signal.aborted && page.rows.length > 0) setNames(found)
        return page
      }}
      controls={({ filters, change }) => (
        <>
          <Choices
            label="Role"
            choices={roleChoices}
            value={filters.type ?? ''}
            onChange={(type) => change({ type })}
          />
          <label class="select">
            <span class="visually-hidden">Held by</span>
            <select
              class="input"
              value={filters.principalType ?? ''}
              onChange={(event) => change({ principalType: event.currentTarget.value || null })}
            >
              <option value="">Held by anybody</option>
              {HOLDERS.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <Choices
            label="Status"
            choices={statusChoices('role')}
            value={filters.status ?? ''}
            onChange={(status) => change({ status })}
          />
        </>
      )}
    />
  )
}

const columnsOf = (path: Path, names: Names): readonly Column<Role>[] => [
  {
    key: 'principal',
    label: 'Held by',
    place: 'name',
    cell: (role) => {
      const name = names.get(role.principal_id) ?? role.principal_vendor_id
      if (role.principal_type === 'client') return <Text>{name}</Text>
      return <RecordLink href={path(`${role.principal_type}s/${role.principal_id}`)}>{name}</RecordLink>
    },
  },
  {
    key: 'kind',
    label: 'Kind',
    place: 'widest',
    width: 'number',
    cell: (role) => ({ user: 'User', group: 'Group', client: 'API client' })[role.principal_type],
  },
  { key: 'role', label: 'Role', place: 'below', cell: (role) => <Text>{roleWords(role.role_type, role.label)}</Text> },
  { key: 'reach', label: 'On', place: 'wide', cell: (role) => <RoleReach role={role} path={path} /> },
  {
    key: 'via',
    label: 'How',
    place: 'aside',
    cell: (role) => (
      <RoleVia role={role} path={path} groupName={role.via_group_id ? (names.get(role.via_group_id) ?? null) : null} />
    ),
  },
  {
    key: 'status',
    label: 'Status',
    place: 'state',
    width: 'short',
    cell: (role) => <Status kind="role" status={role.status} vendorStatus={role.vendor_status} />,
  },
]

/** The names of all holders and of the groups that give roles, by our id: two requests for a page of roles. */
async function namesOf(roles: readonly Role[], headers: ConnectionHeaders, signal: AbortSignal): Promise<Names> {
  const idsOf = (kind: Role['principal_type']) =>
    roles.flatMap((role) => (role.principal_type === kind ? [role.principal_id] : []))
  const users = new Set(idsOf('user'))
  const groups = new Set([...idsOf('group'), ...roles.flatMap(({ via_group_id: id }) => (id ? [id] : []))])
  const optionsOf = (ids: ReadonlySet<string>) => {
    const query = { ids: [...ids].join(), limit: 100, excludeTotal: true }
    return { params: { query }, headers, signal }
  }
  const [foundUsers, foundGroups] = await Promise.all([
    users.size === 0 ? [] : dataOf(api.GET('/idp/users', optionsOf(users))).then(({ items }) => items),
    groups.size === 0 ? [] : dataOf(api.GET('/idp/groups', optionsOf(groups))).then(({ items }) => items),
  ])
  return new Map([
    ...foundUsers.map((user) => [user.id, userName(user)] as const),
    ...foundGroups.map((group) => [group.id, groupName(group)] as const),
  ])
}
