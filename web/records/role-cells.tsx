import type { Schema } from '../../src/client/index.ts'
import { formatCounted } from '../../ui/numbers.ts'
import type { Column } from '../table/data-table.tsx'
import { None, RecordLink, Status, Text } from './cells.tsx'
import type { Path } from './columns.tsx'
import { roleWords } from './words.ts'

type Role = Schema<'RoleAssignment'>

interface Target {
  readonly id: string | null
  readonly page: 'groups' | 'applications'
  readonly name: string
}

const MOST_TARGETS = 3

/** What a role reaches: the whole org, the groups or applications it is limited to, or what its resource set holds. */
export function RoleReach({ role, path }: { readonly role: Role; readonly path: Path }) {
  if (role.resource_set_vendor_id) return <span title={role.resource_set_vendor_id}>A resource set</span>
  const targets = targetsOf(role.targets)
  if (targets === null) return <span>Not known</span>
  if (targets.length === 0) return <span>The whole org</span>
  const [shown, rest] = [targets.slice(0, MOST_TARGETS), targets.slice(MOST_TARGETS)]
  return (
    <span title={targets.map(({ name }) => name).join(', ')}>
      {shown.map(({ id, page, name }, place) => (
        <span key={`${page} ${id ?? name}`}>
          {place > 0 && ', '}
          {id ? <RecordLink href={path(`${page}/${id}`)}>{name}</RecordLink> : <bdi>{name}</bdi>}
        </span>
      ))}
      {rest.length > 0 && ` and ${formatCounted(rest.length, 'other')}`}
    </span>
  )
}

/** Targets come as JSON: groups with `group_id`, applications with `application_id`, or a kind of application. */
function targetsOf(targets: unknown): readonly Target[] | null {
  if (!Array.isArray(targets)) return null
  return (targets as unknown[]).flatMap((target): Target[] => {
    if (typeof target !== 'object' || target === null) return []
    const { type, label, name, vendor_id, group_id, application_id } = target as Record<string, unknown>
    const isGroup = type === 'group'
    const id = isGroup ? group_id : application_id
    const words = [label, name, vendor_id].find((text) => typeof text === 'string' && text.trim() !== '')
    return [
      {
        id: typeof id === 'string' ? id : null,
        page: isGroup ? 'groups' : 'applications',
        name: `${typeof words === 'string' ? words : 'Unnamed'}${!isGroup && !id ? ' (every instance)' : ''}`,
      },
    ]
  })
}

interface RoleViaProps {
  readonly role: Role
  readonly path: Path
  /** Null while it is not known. */
  readonly groupName: string | null
}

/** How the role came to whoever holds it. */
export function RoleVia({ role, path, groupName }: RoleViaProps) {
  if (role.via === 'direct') return <span>Direct</span>
  if (role.via === null) return <None />
  if (role.via_group_id === null) return <span>Through a group</span>
  return (
    <span>
      Via{' '}
      <RecordLink href={path(`groups/${role.via_group_id}`)}>
        {groupName ?? role.via_group_vendor_id ?? 'a group'}
      </RecordLink>
    </span>
  )
}

type HeldRole = Schema<'HeldRole'>

/** The roles of one holder. */
export const heldRoleColumns = <Row extends HeldRole>(path: Path): readonly Column<Row>[] => [
  { key: 'role', label: 'Role', place: 'name', cell: (role) => <Text>{roleWords(role.role_type, role.label)}</Text> },
  { key: 'reach', label: 'On', place: 'below', cell: (role) => <RoleReach role={role} path={path} /> },
  {
    key: 'via',
    label: 'How',
    place: 'aside',
    cell: (role) => <RoleVia role={role} path={path} groupName={role.via_group ? role.via_group.name : null} />,
  },
  {
    key: 'status',
    label: 'Status',
    place: 'state',
    width: 'short',
    cell: (role) => <Status kind="role" status={role.status} vendorStatus={role.vendor_status} />,
  },
]
