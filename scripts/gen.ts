/**
 * Writes the generated reference: `docs/reference/*.md` from the registries, `test/schema.sql` from the migrations.
 * `--check` writes nothing and fails when something is stale.
 *
 *     npm run gen
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { referenceFiles } from './reference.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
const stale: string[] = []

for (const [path, text] of Object.entries(referenceFiles())) {
  const file = `${root}${path}`
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale.push(path)
  if (!check) writeFileSync(file, text)
}

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run npm run gen.`)
  process.exitCode = 1
} else {
  console.log(stale.length > 0 ? `Written: ${stale.join(', ')}` : 'Everything generated is fresh.')
}
