import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The walls of the house: what each part may import. The most specific place wins. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/main.ts': ['src/', 'sim/'],
  'src/compose/': ['src/'],
  'src/cli/': ['src/', 'sim/'],
  'src/sync/': ['src/sync/', 'src/store/', 'src/connectors/connector.ts', 'src/model/'],
  'src/connectors/okta/': ['src/connectors/okta/', 'src/connectors/connector.ts', 'src/model/'],
  'src/connectors/': [
    'src/connectors/target.ts',
    'src/connectors/event-hook.ts',
    'src/connectors/estimate.ts',
    'src/model/',
  ],
  'src/api/': [
    'src/api/',
    'src/jobs/',
    'src/store/',
    'src/connectors/connector.ts',
    'src/model/',
    'src/webhooks/event-types.ts',
  ],
  'src/client/': ['src/client/'],
  'src/jobs/': ['src/jobs/', 'src/store/'],
  'src/webhooks/': ['src/webhooks/', 'src/store/', 'src/model/'],
  'src/store/': ['src/store/', 'src/model/'],
  'src/model/': ['src/model/'],
  'sim/': ['sim/'],
  'ui/': ['ui/'],
  'onramp/': ['onramp/', 'ui/', 'src/client/'],
  'web/': ['web/', 'onramp/element.tsx', 'ui/', 'src/client/'],
}
/** What everything in src may import. */
const GROUND_FLOOR = [
  'src/errors.ts',
  'src/clock.ts',
  'src/ids.ts',
  'src/log.ts',
  'src/config.ts',
  'src/version.ts',
  'src/seal.ts',
  'src/sign-in.ts',
  'src/encryption-key',
  'src/outgoing/',
]
const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|common|shared|lib|types|misc)(\.tsx?)?$/

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
}

const files = ['src', 'sim', 'ui', 'onramp', 'web'].flatMap(sources).filter((file) => !file.endsWith('.test.ts'))

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^'?]+)/g)].map(([, path]) =>
    relative(root, join(root, dirname(file), path ?? '')),
  )
}

function allowedFor(file: string): readonly string[] {
  const place = Object.keys(MAY_IMPORT)
    .filter((prefix) => file.startsWith(prefix))
    .sort((a, b) => b.length - a.length)[0]
  if (place)
    return file.startsWith('src/') && place !== 'src/client/'
      ? [...(MAY_IMPORT[place] ?? []), ...GROUND_FLOOR]
      : (MAY_IMPORT[place] ?? [])
  return GROUND_FLOOR
}

describe('the walls of the house', () => {
  it('stand: every import points the allowed way', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !allowedFor(file).some((prefix) => target.startsWith(prefix)))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('hold SQL in the store alone', () => {
    const sql = /\b(select\s+[\s\S]{0,200}?\bfrom|insert into|delete from|update\s+\w+\s+set)\b/i
    const wrong = files
      .filter((file) => file.startsWith('src/') && !file.startsWith('src/store/'))
      .filter((file) => sql.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
    expect(wrong).toEqual([])
  })

  it('have no drawer for leftovers', () => {
    expect(files.filter((file) => FORBIDDEN_NAMES.test(file) || FORBIDDEN_NAMES.test(dirname(file)))).toEqual([])
  })

  it('keep files small, or say at the top why not', () => {
    const long = files.filter((file) => {
      const text = readFileSync(join(root, file), 'utf8')
      return text.split('\n').length > 300 && !/^\/\*\*[\s\S]{0,800}?(one file because|long because)/i.test(text)
    })
    expect(long).toEqual([])
  })

  it('let no type be any', () => {
    const loose = /(:\s*any\b(?=\s*([,)=;\]}|>[]|$))|\bas any\b|<any>|@ts-ignore|@ts-expect-error|@ts-nocheck)/m
    const wrong = files.filter((file) => loose.test(withoutComments(readFileSync(join(root, file), 'utf8'))))
    expect(wrong).toEqual([])
  })
})

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
