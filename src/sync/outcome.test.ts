import { describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import type { Step } from '../store/jobs.ts'
import { START } from './checkpoint.ts'
import { boundByParents, brokenOff, listedToTheEnd } from './outcome.ts'

const step = (over: Partial<Step> = {}): Step => ({
  stream: 'users',
  state: 'running',
  outcome: null,
  reason_code: null,
  reason: null,
  checkpoint: START,
  rows_read: 5,
  created: 0,
  changed: 0,
  deleted: 0,
  held_deletes: 0,
  rejected: 0,
  pages: 1,
  requests: 1,
  rate_limited: 0,
  buckets: {},
  seconds: 0,
  ...over,
})
const skipped = (code: string, key = 'g1') => ({ key, code, reason: 'because' })

describe('how a step ends', () => {
  it('is complete when all was read without a reject', () => {
    expect(listedToTheEnd(step(), START, undefined, false).outcome).toBe('complete')
  })

  it('is partial when a record was rejected', () => {
    expect(listedToTheEnd(step({ rejected: 1 }), START, undefined, false).outcome).toBe('partial')
  })

  it('counts its rejects in a sentence', () => {
    const reasonOf = (rejected: number) => listedToTheEnd(step({ rejected }), START, undefined, false).reason
    expect(reasonOf(1)).toBe('1 record could not be read and is kept in rejected_records.')
    expect(reasonOf(2)).toBe('2 records could not be read and are kept in rejected_records.')
  })

  it('tells of a gap that somebody can mend before those that nobody can', () => {
    const gaps = [skipped('okta_not_found'), skipped('okta_feature_off', 'g2'), skipped('okta_scope_missing', 'g3')]
    expect(listedToTheEnd(step(), { ...START, skipped: gaps, parentsDone: 9 }, 'stream', false)).toEqual({
      outcome: 'partial',
      reason_code: 'okta_scope_missing',
      reason: '3 of 9 could not be read, such as g3: because',
    })
  })

  it('is failed when a listing that cannot be empty is', () => {
    expect(listedToTheEnd(step({ rows_read: 0 }), START, undefined, true)).toMatchObject({
      outcome: 'failed',
      reason_code: 'okta_suspicious_empty',
    })
  })

  it('is not permitted when every parent was refused, partial when only some were', () => {
    const place = { ...START, skipped: [skipped('okta_scope_missing')] }
    const nothing = step({ rows_read: 0 })
    expect(listedToTheEnd(nothing, { ...place, parentsDone: 1 }, 'stream', false).outcome).toBe('not_permitted')
    expect(listedToTheEnd(step(), { ...place, parentsDone: 9 }, 'stream', false).outcome).toBe('partial')
  })

  it('is partial when a listing was cut off after some pages, and says why', () => {
    const cut = { ...START, skipped: [skipped('unsafe_link', '')], parentsDone: 1 }
    const end = { outcome: 'partial', reason_code: 'unsafe_link', reason: 'because' }
    expect(listedToTheEnd(step(), cut, undefined, true)).toEqual(end)
    expect(listedToTheEnd(step(), { ...cut, parentsDone: 9 }, 'listing', false)).toEqual(end)
    expect(listedToTheEnd(step({ rows_read: 0 }), cut, undefined, true).outcome).toBe('failed')
  })

  it('is complete although the org lacks some policy types, partial when one was refused', () => {
    const lacking = { ...START, skipped: [skipped('okta_feature_off', 'ENTITY_RISK')], parentsDone: 12 }
    expect(listedToTheEnd(step(), lacking, 'keys', false).outcome).toBe('complete')
    const refused = { ...lacking, skipped: [...lacking.skipped, skipped('okta_scope_missing', 'PASSWORD')] }
    expect(listedToTheEnd(step(), refused, 'keys', false).outcome).toBe('partial')
  })

  it('is not available when the org has no policy type at all, not permitted when those it has were refused', () => {
    const nothing = step({ rows_read: 0 })
    const types = ['ENTITY_RISK', 'POST_AUTH_SESSION'].map((type) => skipped('okta_feature_off', type))
    expect(listedToTheEnd(nothing, { ...START, skipped: types, parentsDone: 2 }, 'keys', false)).toMatchObject({
      outcome: 'not_available',
      reason_code: 'okta_feature_off',
    })
    const refused = [...types, skipped('okta_scope_missing', 'PASSWORD')]
    expect(listedToTheEnd(nothing, { ...START, skipped: refused, parentsDone: 3 }, 'keys', false)).toMatchObject({
      outcome: 'not_permitted',
      reason_code: 'okta_scope_missing',
    })
  })

  it('tells a refusal, a missing feature and a failure apart when a listing breaks off at its first page', () => {
    const ends = (['okta_scope_missing', 'okta_feature_off', 'okta_unavailable'] as const).map(
      (code) => brokenOff(new AppError(code, 'x'), false).outcome,
    )
    expect(ends).toEqual(['not_permitted', 'not_available', 'failed'])
    expect(brokenOff(new AppError('okta_unavailable', 'x'), true).outcome).toBe('partial')
  })

  it('is no more complete than the listing of its parents', () => {
    const complete = { outcome: 'complete', reason_code: null, reason: null } as const
    expect(boundByParents(complete, step({ outcome: 'partial' })).outcome).toBe('partial')
    expect(boundByParents(complete, step({ outcome: 'not_permitted', rows_read: 0 })).outcome).toBe('not_permitted')
    expect(boundByParents(complete, step({ outcome: 'partial', reason_code: 'deletes_held' })).outcome).toBe('complete')
  })
})
