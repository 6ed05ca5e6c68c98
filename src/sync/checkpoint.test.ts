import { describe, expect, it } from 'vitest'
import { byteOrder, finished, movedOn, readCheckpoint, START, skipping } from './checkpoint.ts'

describe('a checkpoint', () => {
  it('moves its low-water mark only over parents that are done without a gap', () => {
    const issued = ['a', 'b', 'c']
    const afterC = finished(START, 'c', issued)
    expect(afterC).toMatchObject({ after: null, open: { c: { done: true } }, parentsDone: 1 })
    const afterA = finished(afterC, 'a', issued)
    expect(afterA).toMatchObject({ after: 'a', open: { c: { done: true } }, parentsDone: 2 })
    const afterB = finished(afterA, 'b', ['b', 'c'])
    expect(afterB).toMatchObject({ after: 'c', open: {}, parentsDone: 3 })
  })

  it('keeps the next page of a parent that is under way', () => {
    const place = movedOn(START, 'b', '/api/v1/groups/b/users?after=x')
    expect(finished(place, 'a', ['a', 'b'])).toMatchObject({
      after: 'a',
      open: { b: { done: false, cursor: '/api/v1/groups/b/users?after=x' } },
    })
  })

  it('passes over done parents that an earlier process had finished above the mark', () => {
    const stored = readCheckpoint({ after: 'a', open: { c: { done: true }, d: { done: true } } })
    expect(finished(stored, 'b', ['b', 'c', 'd', 'e']).after).toBe('d')
  })

  it('reads what is not stored as a start', () => {
    expect(readCheckpoint({})).toEqual(START)
  })

  it('bounds its list of parents that were passed over', () => {
    let place = START
    for (let i = 0; i < 500; i++) place = skipping(place, { key: `g${i}`, code: 'okta_scope_missing', reason: 'no' })
    expect(place.skipped).toHaveLength(200)
  })

  it('orders keys by bytes, as PostgreSQL does under the "C" collation', () => {
    expect(['b', 'B', 'é', 'a', '0', '\u{1f600}', '\uffff'].sort(byteOrder)).toEqual([
      '0',
      'B',
      'a',
      'b',
      'é',
      '\uffff',
      '\u{1f600}',
    ])
  })
})
