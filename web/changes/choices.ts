import type { Choice } from '../table/choice.ts'

/** What there is to choose from in the filters of changes. */

export const ENTITY_CHOICES: readonly Choice[] = [
  { value: 'user', label: 'Users' },
  { value: 'group', label: 'Groups' },
  { value: 'group-membership', label: 'Group memberships' },
  { value: 'application', label: 'Applications' },
  { value: 'application-assignment', label: 'Application assignments' },
  { value: 'factor', label: 'Factors' },
  { value: 'role-assignment', label: 'Admin roles' },
  { value: 'policy', label: 'Policies' },
  { value: 'policy-rule', label: 'Policy rules' },
  { value: 'policy-mapping', label: 'Policy mappings' },
]

export const KIND_CHOICES: readonly Choice[] = [
  { value: 'created', label: 'Created' },
  { value: 'updated', label: 'Updated' },
  { value: 'deleted', label: 'Deleted' },
]
