import { describe, expect, it } from 'vitest'
import { dayOf, momentOf } from '../../web/table/days.ts'
import { rangeWords } from '../../web/table/range.ts'
import { isOutdated, type ResourceHealth, readsOf, readWords } from '../../web/table/reads.ts'

const read = (resource: string, given: Partial<ResourceHealth>): ResourceHealth => ({
  resource,
  data_export_type: 'idp_roles',
  outcome: 'complete',
  reason_code: null,
  reason: null,
  remedy: null,
  last_complete_at: '2026-01-01T00:00:00.000Z',
  rows: 1,
  held_deletes: 0,
  rejected: 0,
  ...given,
})

describe('the range of a page', () => {
  it('says as much as is known', () => {
    expect(rangeWords(1, 50, 100_042)).toBe('1–50 of 100,042')
    expect(rangeWords(100_001, 42, 100_042)).toBe('100,001–100,042 of 100,042')
    expect(rangeWords(51, 50, null)).toBe('51–100')
    expect(rangeWords(null, 50, 100_042)).toBe('50 of 100,042')
  })

  it('is the number alone where everything is shown, and nothing where there is nothing', () => {
    expect(rangeWords(1, 12, 12)).toBe('12')
    expect(rangeWords(1, 0, 0)).toBe('')
  })
})

describe('a day of a range', () => {
  it('begins and ends at midnight where the browser is', () => {
    expect(momentOf('2026-03-01', 'since')).toBe(new Date(2026, 2, 1).toISOString())
    expect(momentOf('2026-02-28', 'until')).toBe(new Date(2026, 2, 1).toISOString())
  })

  it('is shown for a moment out of a link, which itself is left as it is', () => {
    const moment = new Date(2026, 2, 1, 12).toISOString()
    expect(dayOf(moment)).toBe('2026-03-01')
    expect(momentOf(moment, 'until')).toBe(moment)
  })

  it('is none for what is no time', () => {
    expect(dayOf('yesterday')).toBe('')
    expect(momentOf('2026-13-45', 'since')).toBe('2026-13-45')
    expect(momentOf(undefined, 'since')).toBeUndefined()
  })
})

describe('what is said of a list', () => {
  const connection = {
    health: {
      resources: [
        read('group_roles', {}),
        read('user_roles', { outcome: 'not_permitted', reason: 'Okta answered 403.', remedy: 'Give it a role.' }),
        read('users', { outcome: 'failed', reason: 'Something else.' }),
      ],
    },
  }

  it('is nothing where it is complete', () => {
    expect(readWords('users', { outcome: 'complete', lastCompleteAt: null }, [])).toBeNull()
  })

  it('has the reason and the remedy of the resource that lacks something', () => {
    const reads = readsOf(connection, ['group_roles', 'user_roles'])
    expect(readWords('admin roles', { outcome: 'not_permitted', lastCompleteAt: null }, reads)).toEqual({
      tone: 'warn',
      title: 'The token may not read admin roles',
      reason: 'Okta answered 403.',
      remedy: 'Give it a role.',
    })
  })

  it('takes no reason that belongs to another outcome', () => {
    const reads = readsOf(connection, ['users'])
    expect(readWords('users', { outcome: 'partial', lastCompleteAt: null }, reads)?.reason).toBeNull()
  })

  it('is outdated once everything was read completely again', () => {
    const reads = readsOf(connection, ['group_roles'])
    expect(isOutdated({ outcome: 'complete', lastCompleteAt: '2025-12-31T00:00:00.000Z' }, reads)).toBe(true)
    expect(isOutdated({ outcome: 'complete', lastCompleteAt: '2026-01-01T00:00:00.000Z' }, reads)).toBe(false)
    const unread = [read('group_roles', { last_complete_at: null })]
    expect(isOutdated({ outcome: 'failed', lastCompleteAt: null }, unread)).toBe(false)
  })
})
