import { describe, expect, it } from 'vitest'
import { storable, storableText } from './storable.ts'

describe('storable', () => {
  it('replaces U+0000 and lone halves of surrogate pairs, and leaves whole pairs alone', () => {
    expect(storableText('a\u0000b')).toBe('a\uFFFDb')
    expect(storableText('\uD83D!')).toBe('\uFFFD!')
    expect(storableText('!\uDE00')).toBe('!\uFFFD')
    expect(storableText('\uD83D\uD83D\uDE00\uDE00')).toBe('\uFFFD\u{1F600}\uFFFD')
    expect(storableText('日本 & Co \u{1F600}')).toBe('日本 & Co \u{1F600}')
  })

  it('cleans names and values at any depth', () => {
    expect(storable({ 'a\u0000': [{ b: 'x\uD800' }] })).toEqual({ 'a\uFFFD': [{ b: 'x\uFFFD' }] })
  })

  it('keeps absent and null apart, and types as they are', () => {
    const cleaned = storable({ none: null, absent: undefined, level: 3, remote: true, list: ['a', 1] })
    expect(cleaned).toEqual({ none: null, level: 3, remote: true, list: ['a', 1] })
    expect(Object.keys(cleaned as object)).not.toContain('absent')
  })

  it('has null for what JSON cannot say', () => {
    expect(storable({ nan: Number.NaN, infinite: Number.POSITIVE_INFINITY, call: () => 1 })).toEqual({
      nan: null,
      infinite: null,
      call: null,
    })
  })

  it('keeps a key that is called __proto__ as data', () => {
    const cleaned = storable(JSON.parse('{"__proto__":{"admin":true}}'))
    expect(Object.keys(cleaned as object)).toEqual(['__proto__'])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('cuts off nesting that would exhaust the stack', () => {
    let deep: unknown = 'end'
    for (let level = 0; level < 100_000; level += 1) deep = [deep]
    expect(JSON.stringify(storable(deep))).toContain('null')
  })
})
