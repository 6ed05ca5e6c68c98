import { expect, test } from 'vitest'
import { encodeQuery, isSamePage, rawValue, withMissing, without, withValue } from './query.ts'

test('a query is encoded so that an expression survives', () => {
  expect(encodeQuery({ search: 'status eq "A+B"', limit: 200, q: undefined })).toBe(
    'search=status%20eq%20%22A%2BB%22&limit=200',
  )
})

test('parameters that are there stay as they are, byte for byte', () => {
  const raw = 'after=a%2Bb%3D%3D&limit=200&x=a+b&flag&y=%zz'
  expect(withMissing(raw, { limit: 50, expand: 'stats' })).toBe(`${raw}&expand=stats`)
  expect(withValue(raw, 'limit', 50)).toBe('after=a%2Bb%3D%3D&limit=50&x=a+b&flag&y=%zz')
  expect(without(raw, ['limit', 'flag'])).toBe('after=a%2Bb%3D%3D&x=a+b&y=%zz')
  expect(rawValue(raw, 'after')).toBe('a%2Bb%3D%3D')
})

test('a page is the same whatever its size and the order of its parameters', () => {
  expect(isSamePage('after=1&limit=200&a=b', 'a=b&after=1&limit=50')).toBe(true)
  expect(isSamePage('after=1&limit=200', 'after=2&limit=200')).toBe(false)
  expect(isSamePage('limit=200', 'after=2&limit=200')).toBe(false)
})
