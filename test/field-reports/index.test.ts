import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DEFERRED } from './deferred.ts'

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
/** Sections about parts that come later. */
const LATER = ['J. System Log', 'L. Tokens and health', 'N. Asked for and not given']
const LEAST_REASON = 20

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
  it.each(Object.entries(SECTIONS))('of section %s are each tested once or deferred', (_, numbers) => {
    const answers = numbers.map(nameOf).map((number) => {
      const tests = filesOf(number)
      return [
        number,
        DEFERRED[number] === undefined ? tests.length : `deferred${tests.length > 0 ? ', and tested' : ''}`,
      ]
    })
    expect(answers).toEqual(
      answers.map(([number]) => [number, DEFERRED[String(number)] === undefined ? 1 : 'deferred']),
    )
  })

  it('name no number that the list does not have', () => {
    const strangers = [...Object.keys(DEFERRED), ...mentioned].filter((number) => !KNOWN.includes(number))
    expect(strangers).toEqual([])
  })

  it('are deferred with a reason, in order, and where their part comes later all that are not tested', () => {
    const numbers = Object.keys(DEFERRED)
    expect(numbers).toEqual([...numbers].sort())
    expect(Object.entries(DEFERRED).filter(([, reason]) => reason.trim().length < LEAST_REASON)).toEqual([])
    const later = Object.entries(SECTIONS).flatMap(([name, section]) => (LATER.includes(name) ? [section] : []))
    const untested = numbersOf(later).filter((number) => filesOf(number).length === 0)
    expect(numbers).toEqual(expect.arrayContaining(untested))
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
