import { describe, expect, it } from 'vitest'
import { valueWords } from '../../web/changes/fields.ts'
import { asLine, type Change, tell } from '../../web/changes/tell.ts'

const [ADA, ANALYSTS, LEDGER] = ['a', 'b', 'c'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`) as [
  string,
  string,
  string,
]
const names = { [ADA]: 'Ada Lovelace', [ANALYSTS]: 'Analysts', [LEDGER]: 'Ledger' }

const change = (given: Partial<Change>): Change => ({
  id: '1-1',
  changed_at: '2026-01-31T09:00:00.000Z',
  entity: 'user',
  kind: 'created',
  record_id: ADA,
  vendor_id: '00uADA',
  fields: [],
  before: null,
  after: null,
  relation: null,
  job_id: LEDGER,
  ...given,
})
const line = (given: Partial<Change>): string => asLine(tell(change(given), names))
const fieldsOf = (given: Partial<Change>) =>
  tell(change({ kind: 'updated', ...given }), names).fields.map(({ label, before, after }) => [label, before, after])

describe('a change in words', () => {
  it('says what became of a record itself', () => {
    expect(line({})).toBe('Ada Lovelace New user')
    expect(line({ kind: 'deleted' })).toBe('Ada Lovelace No longer in Okta')
    expect(line({ kind: 'updated', fields: ['is_deleted'] })).toBe('Ada Lovelace Back in Okta')
    expect(line({ kind: 'updated', fields: ['raw'] })).toContain('Only details that Okta keeps')
  })

  it('says of a relation who gained or lost what', () => {
    const membership = {
      entity: 'group-membership' as const,
      relation: { user_id: ADA, user_vendor_id: '00uADA', group_id: ANALYSTS, group_vendor_id: '00gB' },
    }
    expect(line(membership)).toBe('Ada Lovelace Joined Analysts')
    expect(line({ ...membership, kind: 'deleted' })).toBe('Ada Lovelace Left Analysts')
    expect(line({ ...membership, kind: 'updated', fields: ['is_deleted'] })).toBe('Ada Lovelace Is back in Analysts')
    const principal = { principal_type: 'group', principal_id: ANALYSTS, principal_vendor_id: '00gB' } as const
    expect(line({ entity: 'application-assignment', relation: { ...principal, application_id: LEDGER } })).toBe(
      'Analysts Was given Ledger',
    )
    expect(
      line({
        entity: 'role-assignment',
        record_id: 'r',
        kind: 'deleted',
        relation: { ...principal, role_type: 'app_admin' },
      }),
    ).toBe('Analysts No longer holds the role Application Administrator')
    expect(
      line({ entity: 'factor', relation: { user_id: ADA, authenticator: 'webauthn', factor_type: 'webauthn' } }),
    ).toBe('Ada Lovelace Enrolled Security key or passkey')
  })

  it('leads to the pages of what it names, and names by Okta’s id what has no name', () => {
    const { about, what } = tell(
      change({ entity: 'group-membership', relation: { user_id: ADA, group_id: LEDGER, group_vendor_id: '00gX' } }),
      { [ADA]: 'Ada\u202e' },
    )
    expect(about).toEqual({ name: 'Ada', page: `users/${ADA}` })
    expect(what.at(-1)).toEqual({ name: '00gX', page: `groups/${LEDGER}` })
  })
})

describe('the fields of a change', () => {
  it('come with their values before and after, the status first, without what it implies', () => {
    expect(
      fieldsOf({
        fields: ['title', 'status', 'vendor_status', 'status_changed_at', 'is_enabled', 'last_updated_at', 'raw'],
        before: { title: null, status: 'active', vendor_status: 'ACTIVE' },
        after: { title: 'Countess', status: 'locked_out', vendor_status: 'LOCKED_OUT' },
      }),
    ).toEqual([
      ['Status', 'Active', 'Locked out'],
      ['Title', 'none', 'Countess'],
    ])
  })

  it('are attributes one by one where a profile changed', () => {
    const [before, after] = [
      { shoe: 44, badge: 'A', same: 1 },
      { shoe: 45, same: 1 },
    ]
    expect(
      fieldsOf({
        fields: ['custom_attributes'],
        before: { custom_attributes: before },
        after: { custom_attributes: after },
      }),
    ).toEqual([
      ['badge', 'A', 'none'],
      ['shoe', '44', '45'],
    ])
  })

  it('tell bookkeeping where nothing else changed, and what was not kept as such', () => {
    expect(
      fieldsOf({
        entity: 'group',
        fields: ['users_count', 'last_membership_updated_at'],
        before: { users_count: 4 },
        after: { users_count: 3 },
      }),
    ).toEqual([['Members, as Okta counts', '4', '3']])
    expect(fieldsOf({ fields: ['title'], before: null, after: {} })).toEqual([['Title', null, null]])
  })

  it('are cut where they are very long, and never turn the direction of the text', () => {
    expect(valueWords('x'.repeat(500))).toHaveLength(200)
    expect(valueWords('a\u202eb')).toBe('ab')
    expect(valueWords(['b', 'a'])).toBe('b, a')
    expect(valueWords(false)).toBe('no')
  })
})
