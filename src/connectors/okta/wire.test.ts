import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import {
  idInLink,
  jsonListOrNull,
  jsonObject,
  jsonObjectOrNull,
  looseFlag,
  looseId,
  looseInteger,
  looseText,
  looseTexts,
  looseTime,
  ours,
  part,
  readTime,
  shownText,
  vendorId,
} from './wire.ts'

const WEIRD = [undefined, null, 3, 3.5, '', 'x', true, [], [null], {}, { a: 1 }, Number.NaN, '\u0000', '\uD800']

const Everything = z.looseObject({
  id: vendorId,
  text: looseText,
  texts: looseTexts,
  time: looseTime,
  flag: looseFlag,
  integer: looseInteger,
  object: jsonObject,
  objectOrNull: jsonObjectOrNull,
  list: jsonListOrNull,
  other: looseId,
  part: part({ inner: looseText, deeper: part({ flag: looseFlag }) }),
})

describe('a wire schema', () => {
  it.each(WEIRD.map((value) => [value]))('takes %j in every place but the id', (value) => {
    const item = Object.fromEntries(Object.keys(Everything.shape).map((name) => [name, value]))
    expect(Everything.safeParse({ ...item, id: 'x1' }).success).toBe(true)
  })

  it('takes an item that has nothing but an id', () => {
    expect(Everything.parse({ id: 'x1' })).toEqual({
      id: 'x1',
      text: null,
      texts: [],
      time: null,
      flag: null,
      integer: null,
      object: {},
      objectOrNull: null,
      list: null,
      other: null,
      part: { inner: null, deeper: { flag: null } },
    })
  })

  it.each([
    [undefined],
    [null],
    [''],
    ['  '],
    ['.'],
    ['..'],
    ['a\u0000b'],
    ['a\nb'],
    ['\uD800'],
    [{}],
    [true],
    ['x'.repeat(256)],
  ])('refuses %j as an id', (id) => {
    expect(Everything.safeParse({ id }).success).toBe(false)
  })

  it.each([[null], ['00u1'], [7], [[]], [undefined]])('refuses %j as an item', (item) => {
    expect(Everything.safeParse(item).success).toBe(false)
  })

  it('reads a number as text where text is due, an id included', () => {
    expect(Everything.parse({ id: 7, text: 12 })).toMatchObject({ id: '7', text: '12' })
  })

  it('makes every text storable', () => {
    const item = {
      id: 'x',
      text: 'a\u0000',
      texts: ['b\uD800'],
      object: { 'c\u0000': 'd\uDC00' },
      part: { inner: '\u0000' },
    }
    expect(Everything.parse(item)).toMatchObject({
      text: 'a\uFFFD',
      texts: ['b\uFFFD'],
      object: { 'c\uFFFD': 'd\uFFFD' },
      part: { inner: '\uFFFD' },
    })
  })

  it('reads whole numbers only, also as text', () => {
    expect(
      [3, '17', 3.5, '3.5', '9'.repeat(20), Number.MAX_VALUE, -1].map((value) => looseInteger.parse(value)),
    ).toEqual([3, 17, null, null, null, null, -1])
  })
})

test('a name is shown without control characters and other invisible ones', () => {
  expect(shownText(' Acme\u001b]0;x\u0007 \u202eInc\u200b ')).toBe('Acme ]0;x   Inc')
  expect(shownText('B\u00fccher & S\u00f6hne \u{1f680}')).toBe('B\u00fccher & S\u00f6hne \u{1f680}')
  expect([null, 7, '\u0000', {}].map(shownText)).toEqual([null, '7', '\uFFFD', null])
})

describe('a time', () => {
  it.each([
    ['2026-01-06T09:19:38.000Z', '2026-01-06T09:19:38.000Z'],
    ['2026-03-27 03:16:15.0', '2026-03-27T03:16:15.000Z'],
    ['2026-01-06T09:19:38Z', '2026-01-06T09:19:38.000Z'],
    ['2026-01-06T09:19:38.5+02:00', '2026-01-06T07:19:38.500Z'],
    ['2026-01-06T09:19:38.123456789-0530', '2026-01-06T14:49:38.123Z'],
    ['2026-01-06T09:19:38', '2026-01-06T09:19:38.000Z'],
    ['2026-01-06', '2026-01-06T00:00:00.000Z'],
    ['0099-01-06', '0099-01-06T00:00:00.000Z'],
  ])('%s is %s', (received, expected) => {
    expect(readTime(received)).toBe(expected)
  })

  it.each([
    ['yesterday'],
    [''],
    ['2026-13-01'],
    ['0000-01-01'],
    ['9999-12-31T23:59:59-01:00'],
    [1700000000],
    [{}],
    ['+012026-01-01T00:00:00Z'],
  ])('%j is none', (received) => {
    expect(readTime(received)).toBeNull()
  })
})

describe('a link', () => {
  const links = {
    one: { href: 'https://acme-admin.okta.com/api/v1/policies/rst1/rules?x=1' },
    many: [{ href: 'https://acme.okta.com/favicon' }, { href: '/api/v1/policies/rst2' }],
    odd: { href: 'https://acme.okta.com/api/v1/policies/%E0%A4%A' },
    up: { href: 'https://acme.okta.com/api/v1/policies/%2e%2e' },
    text: 'https://acme.okta.com/api/v1/policies/rst3',
  }

  it('gives the id behind the collection, on whatever host and in whatever form', () => {
    expect(idInLink(links, 'one', 'policies')).toBe('rst1')
    expect(idInLink(links, 'many', 'policies')).toBe('rst2')
  })

  it.each(['absent', 'odd', 'up', 'text'])('%s gives none', (name) => {
    expect(idInLink(links, name, 'policies')).toBeNull()
  })

  it.each([[null], [undefined], [[]], ['x']])('in %j is none', (none) => {
    expect(idInLink(none, 'one', 'policies')).toBeNull()
  })
})

describe('a table of values', () => {
  it('has a fallback for what is not in it, names of object properties included', () => {
    const table = { ACTIVE: 'active' } as const
    expect(['ACTIVE', 'NEW', null, 'constructor', '__proto__'].map((value) => ours(table, value, 'unknown'))).toEqual([
      'active',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ])
  })
})
