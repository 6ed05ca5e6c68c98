import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { apiFiles } from '../scripts/api-reference.ts'
import { referenceFiles } from '../scripts/reference.ts'
import { dumpSchema } from '../scripts/schema.ts'
import { ERRORS } from '../src/errors.ts'
import { openDb } from '../src/store/db.ts'
import { freshDatabase } from './harness/database.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const generated = Object.entries({ ...referenceFiles(), ...(await apiFiles()) })

describe('the reference', () => {
  it.each(generated)('%s is what `npm run gen` writes', (path, text) => {
    expect(existsSync(root + path) ? readFileSync(root + path, 'utf8') : 'missing: run npm run gen').toBe(text)
  })

  it('test/schema.sql is what the migrations add up to', async () => {
    const database = await freshDatabase()
    const db = await openDb(database.url)
    const schema = await dumpSchema(db).finally(() => db.close())
    await database.drop()
    expect(readFileSync(`${root}test/schema.sql`, 'utf8')).toBe(schema)
  })

  it('documents exactly the errors there are', () => {
    const text = readFileSync(`${root}docs/reference/errors.md`, 'utf8')
    const documented = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code)
    expect(documented.sort()).toEqual(Object.keys(ERRORS).sort())
  })

  it('holds only errors that something raises', () => {
    const unused = Object.keys(ERRORS).filter((code) => !usedCodes().has(code))
    expect(unused).toEqual([])
  })
})

function usedCodes(): Set<string> {
  const used = new Set<string>()
  for (const entry of readdirSync(`${root}src`, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts') || entry.name === 'errors.ts')
      continue
    const text = readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8')
    for (const [, code] of text.matchAll(/'([a-z_]+)'/g)) if (code) used.add(code)
  }
  return used
}
