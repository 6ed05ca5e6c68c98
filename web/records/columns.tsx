import type { Schema } from '../../src/client/index.ts'
import { formatCount } from '../../ui/numbers.ts'
import type { Column } from '../table/data-table.tsx'
import { Moment, None, RecordLink, Status, Text } from './cells.tsx'
import { applicationName, groupName, policyName, userName } from './names.ts'
import { groupTypeWords, policyTypeWords, signOnWords } from './words.ts'

/** Columns that lists and record pages share. `path` is the way to the connection's pages. */
export type Path = (page?: string) => string

export type UserLike = Pick<
  Schema<'User'>,
  'id' | 'vendor_id' | 'display_name' | 'email' | 'username' | 'status' | 'vendor_status' | 'last_login_at'
>

export const userNameColumn = <Row extends UserLike>(path: Path): Column<Row> => ({
  key: 'name',
  label: 'Name',
  place: 'name',
  cell: (user) => <RecordLink href={path(`users/${user.id}`)}>{userName(user)}</RecordLink>,
})
export const emailColumn = <Row extends UserLike>(): Column<Row> => ({
  key: 'email',
  label: 'Email',
  place: 'below',
  cell: (user) => <Text>{user.email ?? user.username}</Text>,
})
export const userStatusColumn = <Row extends UserLike>(): Column<Row> => ({
  key: 'status',
  label: 'Status',
  place: 'state',
  width: 'state',
  cell: (user) => <Status kind="user" status={user.status} vendorStatus={user.vendor_status} />,
})
export const lastLoginColumn = <Row extends UserLike>(): Column<Row> => ({
  key: 'last_login',
  label: 'Last sign-in',
  place: 'aside',
  width: 'time',
  cell: (user) => (user.last_login_at ? <Moment at={user.last_login_at} /> : <span>Never</span>),
})

type GroupLike = Pick<
  Schema<'Group'>,
  'id' | 'vendor_id' | 'name' | 'types' | 'description' | 'last_membership_updated_at' | 'users_count'
>

export const groupNameColumn = <Row extends GroupLike>(path: Path): Column<Row> => ({
  key: 'name',
  label: 'Name',
  place: 'name',
  cell: (group) => <RecordLink href={path(`groups/${group.id}`)}>{groupName(group)}</RecordLink>,
})
export const groupTypeColumn = <Row extends GroupLike>(): Column<Row> => ({
  key: 'type',
  label: 'Type',
  place: 'aside',
  width: 'state',
  cell: (group) => groupTypeWords(group.types) || <None />,
})
export const descriptionColumn = <Row extends GroupLike>(): Column<Row> => ({
  key: 'description',
  label: 'Description',
  place: 'below',
  cell: (group) => <Text>{group.description}</Text>,
})
export const membersColumn = <Row extends GroupLike>(): Column<Row> => ({
  key: 'members',
  label: 'Members',
  place: 'state',
  width: 'number',
  cell: (group) =>
    group.users_count === null ? <None /> : <span class="number">{formatCount(group.users_count)}</span>,
})

type ApplicationLike = Pick<
  Schema<'Application'>,
  'id' | 'vendor_id' | 'name' | 'label' | 'sign_on_mode' | 'status' | 'vendor_status'
>

export const applicationNameColumn = <Row extends ApplicationLike>(path: Path): Column<Row> => ({
  key: 'label',
  label: 'Application',
  place: 'name',
  cell: (application) => (
    <RecordLink href={path(`applications/${application.id}`)}>{applicationName(application)}</RecordLink>
  ),
})
export const signOnColumn = <Row extends ApplicationLike>(): Column<Row> => ({
  key: 'sign_on_mode',
  label: 'Sign-on',
  place: 'below',
  cell: (application) => signOnWords(application.sign_on_mode) ?? <None />,
})
export const applicationStatusColumn = <Row extends ApplicationLike>(): Column<Row> => ({
  key: 'status',
  label: 'Status',
  place: 'state',
  width: 'state',
  cell: (application) => (
    <Status kind="application" status={application.status} vendorStatus={application.vendor_status} />
  ),
})

type PolicyLike = Pick<Schema<'Policy'>, 'id' | 'vendor_id' | 'name' | 'type' | 'status' | 'vendor_status' | 'priority'>

export const policyNameColumn = <Row extends PolicyLike>(path: Path): Column<Row> => ({
  key: 'name',
  label: 'Name',
  place: 'name',
  cell: (policy) => <RecordLink href={path(`policies/${policy.id}`)}>{policyName(policy)}</RecordLink>,
})
export const policyTypeColumn = <Row extends PolicyLike>(): Column<Row> => ({
  key: 'type',
  label: 'Type',
  place: 'below',
  cell: (policy) => policyTypeWords(policy.type),
})
export const policyStatusColumn = <Row extends PolicyLike>(): Column<Row> => ({
  key: 'status',
  label: 'Status',
  place: 'state',
  width: 'state',
  cell: (policy) => <Status kind="policy" status={policy.status} vendorStatus={policy.vendor_status} />,
})
