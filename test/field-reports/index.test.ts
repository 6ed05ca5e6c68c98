import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { NOT_APPLICABLE } from './not-applicable.ts'

/** Every report has exactly one test of its name, or a reason why it has none. */

/** The numbers of the reports, section by section; the gaps are the list's own. */
const SECTIONS = {
  'A. Rate limits, concurrency, waiting': [
    1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 25, 26,
  ],
  'B. Big orgs, time-outs, broken bodies': [27, 28, 30, 31, 32, 33, 35, 37, 38, 39, 40, 42],
  'C. Paging': [44, 45, 46, 48, 50, 51, 52, 54, 55, 56, 57, 58, 60, 61, 62],
  'D. Deprovisioned, suspended and other states': [64, 65, 66, 69, 70, 71, 72, 73, 74, 76, 78],
  'E. Profiles and names': [79, 80, 81, 83, 84, 86, 87, 88, 89, 91],
  'F. Apps and assignments': [92, 94, 96, 97, 99, 100, 102, 103],
  'G. Factors': [104, 106, 108, 109, 110, 111, 112],
  'H. Admin roles': [113, 114, 117, 118, 119],
  'I. Policies': [121, 122, 124, 125],
  'J. System Log': [126, 127],
  'K. Domain, sign-up, first check': [129, 130, 131, 132, 133, 135, 137, 138, 139, 140, 141, 142, 144, 145],
  'L. Tokens and health': [147, 148, 149, 151, 152, 153, 154],
  'M. Safety of the tool itself': [156, 157, 158, 160],
  'N. Asked for and not given': [161, 162, 163, 164, 165, 166, 167, 168],
}
const REASON = /^Does not apply: .{20,}\.$/

const nameOf = (number: number) => `B${String(number).padStart(3, '0')}`
const numbersOf = (sections: readonly (readonly number[])[]) => sections.flat().map(nameOf)
const KNOWN = numbersOf(Object.values(SECTIONS))

const folder = new URL('.', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts') && file !== 'index.test.ts')

/** Titles of tests that begin with a number, as they stand in the source. */
const titles = files.flatMap((file) => {
  const source = readFileSync(new URL(file, folder), 'utf8')
  return [...source.matchAll(/\b(?:it|test)\(\s*(['"`])(B\d{3}[:,].*?)\1,\s/g)].map(([, , title = '']) => ({
    file,
    title,
  }))
})
/** Everything in the sources that looks like such a title, however it is written. */
const mentioned = files.flatMap((file) => {
  const source = readFileSync(new URL(file, folder), 'utf8')
  return [...source.matchAll(/['"`](B\d{3})[:,]/g)].map(([, number = '']) => number)
})
const filesOf = (number: string) =>
  titles.filter(({ title }) => title.startsWith(`${number}: `)).map(({ file }) => file)

describe('the field reports', () => {
  it.each(Object.entries(SECTIONS))('of section %s are each tested once, or do not apply', (_, numbers) => {
    const answers = numbers.map(nameOf).map((number) => {
      const tests = filesOf(number)
      return [
        number,
        NOT_APPLICABLE[number] === undefined ? tests.length : `not applicable${tests.length > 0 ? ', and tested' : ''}`,
      ]
    })
    expect(answers).toEqual(
      answers.map(([number]) => [number, NOT_APPLICABLE[String(number)] === undefined ? 1 : 'not applicable']),
    )
  })

  it('name no number that the list does not have', () => {
    const strangers = [...Object.keys(NOT_APPLICABLE), ...mentioned].filter((number) => !KNOWN.includes(number))
    expect(strangers).toEqual([])
  })

  it('that do not apply are in order, each with its reason', () => {
    const numbers = Object.keys(NOT_APPLICABLE)
    expect(numbers).toEqual([...numbers].sort())
    expect(Object.entries(NOT_APPLICABLE).filter(([, reason]) => !REASON.test(reason))).toEqual([])
  })

  it('are tested in the file of their section', () => {
    const misplaced = titles.filter(({ file, title }) => {
      const [section] =
        Object.entries(SECTIONS).find(([, numbers]) => numbersOf([numbers]).includes(title.slice(0, 4))) ?? []
      return !file.startsWith(`${section?.charAt(0).toLowerCase()}-`)
    })
    expect(misplaced).toEqual([])
  })
})
