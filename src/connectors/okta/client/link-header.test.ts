import { describe, expect, test } from 'vitest'
import { hasUnreadableNext, parseLinkHeader } from './link-header.ts'

const NEXT = 'https://acme.okta.com/api/v1/users?after=a%2Bb%3D%3D&limit=2'
const SELF = 'https://acme.okta.com/api/v1/users?limit=2'

const nextOf = (...lines: string[]) => parseLinkHeader(lines).find((link) => link.relations.includes('next'))?.target

describe('the next link', () => {
  test.each([
    ['B046: two lines, self first', [`<${SELF}>; rel="self"`, `<${NEXT}>; rel="next"`]],
    ['B046: two lines, next first', [`<${NEXT}>; rel="next"`, `<${SELF}>; rel="self"`]],
    ['one line', [`<${SELF}>; rel="self", <${NEXT}>; rel="next"`]],
    ['one line without blanks', [`<${SELF}>;rel="self",<${NEXT}>;rel="next"`]],
    ['an unquoted relation', [`<${SELF}>; rel=self, <${NEXT}>; rel=next`]],
    ['an apostrophed relation', [`<${NEXT}>; rel='next'`]],
    ['upper case', [`<${NEXT}>; REL="NEXT"`]],
    ['several relations', [`<${NEXT}>; rel="last next"`]],
    ['parameters before the relation', [`<${NEXT}>; title="x, y; z"; rel="next"`]],
    ['blanks around the equals sign', [`<${NEXT}> ; rel = "next"`]],
    ['a relation inside a quoted title', [`<${SELF}>; title="; rel=next"; rel="self", <${NEXT}>; rel="next"`]],
  ])('is found with %s', (_name, lines) => {
    expect(nextOf(...lines)).toBe(NEXT)
  })

  test('may hold commas and semicolons', () => {
    const link = 'https://acme.okta.com/api/v1/users?search=a,b;c&after=1,2'
    expect(nextOf(`<${SELF}>; rel="self", <${link}>; rel="next"`)).toBe(link)
  })

  test('is not made up out of another', () => {
    expect(nextOf()).toBeUndefined()
    expect(nextOf(`<${SELF}?x=rel="next">; rel="self"`)).toBeUndefined()
    expect(nextOf(`<${SELF}>; rel="nextish"`)).toBeUndefined()
    expect(nextOf(`<${SELF}>; title="rel=next"; rel="prev"`)).toBeUndefined()
  })

  test.each([`${NEXT}; rel="next"`, `<${NEXT}; rel="next"`, `<>; rel="next"`, `<${NEXT}>; rel="next`])(
    'that cannot be read is not taken for the end: %s',
    (line) => {
      expect(hasUnreadableNext([line])).toBe(true)
    },
  )

  test('that can be read is not unreadable', () => {
    expect(hasUnreadableNext([`<${SELF}>; rel="self"`])).toBe(false)
    expect(hasUnreadableNext([`<${SELF}>; rel="next-archive"`])).toBe(false)
    expect(hasUnreadableNext([`<${NEXT}>; rel="next"`])).toBe(false)
    expect(hasUnreadableNext([])).toBe(false)
  })
})
