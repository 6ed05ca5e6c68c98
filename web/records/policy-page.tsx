import { useMemo } from 'preact/hooks'
import { dataOf, type Schema } from '../../src/client/index.ts'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { useAnswer } from '../ui/use-answer.ts'
import { Moment, Status } from './cells.tsx'
import * as columns from './columns.tsx'
import { Facts, OktaId } from './facts.tsx'
import { policyName } from './names.ts'
import { PolicyRules } from './policy-rules.tsx'
import { Json, RawJson } from './raw-json.tsx'
import { RecordById, type RecordKind, RecordPage } from './record-page.tsx'
import { Section, useRelated } from './section.tsx'
import { policyTypeWords } from './words.ts'

const KIND: RecordKind = { page: 'policies', title: 'Policies', thing: 'policy' }

type Policy = Schema<'Policy'>
type Applied = Schema<'ApplicationOfPolicy'>
type NamedGroup = Schema<'GroupOfPolicy'>
type NamedUser = Schema<'UserOfPolicy'>

/** One policy: its rules in order, what it applies to, and whom it names. */
export function PolicyPage({ record }: { readonly record: string | null }) {
  return (
    <RecordById kind={KIND} record={record} list={(options) => api.GET('/idp/policies', options)}>
      {(id) => <PolicyRecord key={id} id={id} />}
    </RecordById>
  )
}

function PolicyRecord({ id }: { readonly id: string }) {
  const { headers, path } = useConnection()
  const inPath = { policy_id: id }
  const answer = useAnswer(id, (signal) =>
    dataOf(api.GET('/idp/policies/{policy_id}', { params: { path: inPath }, headers, signal })),
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
      name={policyName}
      status={({ status, vendor_status }) => <Status kind="policy" status={status} vendorStatus={vendor_status} />}
      facts={(policy) => <PolicyFacts policy={policy} />}
    >
      <div class="record-columns">
        <div class="record-column">
          <PolicyRules id={id} includeDeleted={includeDeleted} />
          {answer.data && <PolicyJson policy={answer.data} />}
        </div>
        <div class="record-column">
          <Section
            title="Applies to"
            things="applications of this policy"
            resources={['policy_mappings', 'applications']}
            {...related((options) => api.GET('/idp/policies/{policy_id}/applications', options))}
            columns={shown.applications}
            none="No application uses this policy. Policies of some types apply to people and not to applications."
          />
          <Section
            title="Groups it names"
            things="groups that this policy names"
            resources={['policies', 'policy_rules', 'groups']}
            {...related((options) => api.GET('/idp/policies/{policy_id}/groups', options))}
            columns={shown.groups}
            none="No condition names a group that was read."
          />
          <Section
            title="Users it names"
            things="users that this policy names"
            resources={['policies', 'policy_rules', 'users']}
            {...related((options) => api.GET('/idp/policies/{policy_id}/users', options))}
            columns={shown.users}
            none="No condition names a user that was read."
          />
        </div>
      </div>
      <RawJson
        id={id}
        load={(signal) =>
          dataOf(
            api.GET('/idp/policies/{policy_id}', { params: { path: inPath, query: { raw: true } }, headers, signal }),
          )
        }
      />
    </RecordPage>
  )
}

const BECAUSE = {
  mapping: 'Mapped',
  access_policy: 'Its access policy',
  profile_enrollment: 'Its profile enrollment policy',
} as const

const columnsOf = (path: columns.Path) => ({
  applications: [
    columns.applicationNameColumn<Applied>(path),
    {
      key: 'because',
      label: 'Because',
      place: 'below' as const,
      cell: ({ relations }: Applied) => relations.map((relation) => BECAUSE[relation]).join(', ') || 'No longer',
    },
    columns.applicationStatusColumn<Applied>(),
  ],
  groups: [columns.groupNameColumn<NamedGroup>(path), namedColumn<NamedGroup>()],
  users: [columns.userNameColumn<NamedUser>(path), namedColumn<NamedUser>(), columns.userStatusColumn<NamedUser>()],
})

/** Where a policy names somebody: in its own conditions or in those of a rule, as included or as excluded. */
const namedColumn = <Row extends Pick<NamedGroup, 'relations'>>() => ({
  key: 'named',
  label: 'How',
  place: 'below' as const,
  cell: ({ relations }: Row) => {
    const words = relations.map(({ kind, policy_rule_id, policy_rule_name, policy_rule_status }) => {
      const by = policy_rule_id === null ? 'the policy' : (policy_rule_name?.trim() ?? 'a rule')
      const off = policy_rule_status === 'inactive' ? ' (inactive)' : ''
      return `${kind === 'include' ? 'Included' : 'Excluded'} by ${by}${off}`
    })
    return <bdi title={words.join(', ')}>{words.join(', ')}</bdi>
  },
})

/** What the policy itself says, beside its rules. */
function PolicyJson({ policy }: { readonly policy: Policy }) {
  return (
    <>
      {policy.conditions !== null && (
        <details class="raw">
          <summary>Conditions of the policy</summary>
          <Json label="Conditions of the policy" value={policy.conditions} />
        </details>
      )}
      {policy.settings !== null && (
        <details class="raw">
          <summary>Settings</summary>
          <Json label="Settings" value={policy.settings} />
        </details>
      )}
    </>
  )
}

function PolicyFacts({ policy }: { readonly policy: Policy }) {
  return (
    <>
      {policy.description?.trim() && (
        <p class="record-description">
          <bdi>{policy.description}</bdi>
        </p>
      )}
      <Facts
        facts={{
          Type: policyTypeWords(policy.type),
          Priority: policy.priority !== null && String(policy.priority),
          'Made by': policy.is_system !== null && (policy.is_system ? 'Okta' : 'This org'),
          Created: <Moment at={policy.vendor_created_at} />,
          'Last updated': policy.last_updated_at && <Moment at={policy.last_updated_at} />,
          'Okta id': <OktaId id={policy.vendor_id} />,
        }}
      />
    </>
  )
}
