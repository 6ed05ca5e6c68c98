import type { Schema } from '../../src/client/index.ts'
import type { Column } from '../table/data-table.tsx'
import { RecordLink } from './cells.tsx'
import type { Path } from './columns.tsx'
import { groupName } from './names.ts'

type Access = Schema<'ApplicationOfUser'>['access']

/** Why somebody has an application: it was given to them, or to groups they are in. */
export function Why({ access, path }: { readonly access: Access; readonly path: Path }) {
  const groups = access.groups.map((group) => ({ id: group.id, name: groupName(group) }))
  const direct = access.via === 'direct'
  return (
    <span title={titleOf(access)}>
      {direct && (groups.length > 0 ? 'Direct, also via ' : 'Direct')}
      {access.via === 'group' && (groups.length > 0 ? 'Via ' : 'Via a group that was not read')}
      {access.via === null && (groups.length > 0 ? 'Perhaps via ' : 'Okta does not say')}
      {groups.map(({ id, name }, place) => (
        <span key={id}>
          {place > 0 && ', '}
          <RecordLink href={path(`groups/${id}`)}>{name}</RecordLink>
        </span>
      ))}
      {access.groups_truncated && ' and others'}
    </span>
  )
}

const titleOf = ({ via, groups }: Access): string => {
  const names = groups.map(groupName).join(', ')
  if (via === 'direct') return names ? `Direct, also via ${names}` : 'Direct'
  return names ? `Via ${names}` : ''
}

export const whyColumn = <Row extends { readonly access: Access }>(path: Path): Column<Row> => ({
  key: 'why',
  label: 'Why',
  place: 'below',
  cell: ({ access }) => <Why access={access} path={path} />,
})

type Applied = Pick<Schema<'PolicyOfUser'>, 'via' | 'via_group' | 'is_first'>

/** Why a policy is for somebody: it names them, or a group they are in, or nobody. */
export function WhyPolicy({ policy, path }: { readonly policy: Applied; readonly path: Path }) {
  const { via, via_group: group, is_first: isFirst } = policy
  const [first, other] = {
    everyone: ['Tried first, for everyone', 'For everyone'],
    user: ['Tried first, names this user', 'Names this user'],
    group: ['Tried first, via ', 'Via '],
  }[via]
  return (
    <span>
      {isFirst ? first : other}
      {group && <RecordLink href={path(`groups/${group.id}`)}>{groupName(group)}</RecordLink>}
    </span>
  )
}
