import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../store/columns.ts'
import { ENTITIES, entityByName } from './index.ts'

describe('the entities', () => {
  it('are the eleven that Rollcall keeps', () => {
    expect(ENTITIES.map(({ name, table }) => [name, table])).toEqual([
      ['user', 'users'],
      ['group', 'groups'],
      ['group-membership', 'group_memberships'],
      ['application', 'applications'],
      ['application-assignment', 'application_assignments'],
      ['factor', 'factors'],
      ['role-assignment', 'role_assignments'],
      ['policy', 'policies'],
      ['policy-rule', 'policy_rules'],
      ['policy-mapping', 'policy_mappings'],
      ['log-event', 'log_events'],
    ])
  })

  it('are found by name', () => {
    expect(entityByName('group-membership')?.table).toBe('group_memberships')
    expect(entityByName('groups')).toBeUndefined()
  })

  it.each(ENTITIES.map((entity) => [entity.name, entity] as const))('%s says what each field means', (_, entity) => {
    for (const [name, field] of Object.entries(fieldsOf(entity))) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(field.sentence).toMatch(/^[\p{Lu}`].*\.$/su)
      if (name.endsWith('_at')) expect(field.kind).toBe('time')
      if (name.startsWith('is_')) expect(field.kind).toBe('boolean')
      if (name.endsWith('_vendor_id')) expect(field.kind).toBe('text')
      else if (name.endsWith('_id') && `${name.slice(0, -3)}_vendor_id` in fieldsOf(entity)) {
        expect([name, field.kind]).toEqual([name, 'id'])
      }
    }
    expect(entity.sentence).toMatch(/^[\p{Lu}].*\.$/su)
  })

  it('has the log alone as a list that only grows', () => {
    expect(ENTITIES.filter(({ appendOnly }) => appendOnly).map(({ name }) => name)).toEqual(['log-event'])
  })
})
