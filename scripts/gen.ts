/**
 * Writes the generated reference: `docs/reference/` from the registries and the API's operations, the types of the client,
 * and `test/schema.sql` from the migrations.
 * `--check` writes nothing and fails when something is stale.
 *
 *     npm run gen
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDb } from '../src/store/db.ts'
import { openEmbedded } from '../src/store/embedded/index.ts'
import { migrate } from '../src/store/migrate.ts'
import { apiFiles } from './api-reference.ts'
import { referenceFiles } from './reference.ts'
import { dumpSchema } from './schema.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
const stale: string[] = []

for (const [name, text] of Object.entries({
  ...referenceFiles(),
  ...(await apiFiles()),
  'test/schema.sql': await migratedSchema(),
})) {
  const file = `${root}${name}`
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale.push(name)
  if (check) continue
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, text)
}

if (check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run npm run gen.`)
  process.exitCode = 1
} else {
  console.log(stale.length > 0 ? `Written: ${stale.join(', ')}` : 'Everything generated is fresh.')
}

async function migratedSchema(): Promise<string> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'rollcall-gen-'))
  const server = await openEmbedded(dataDir)
  try {
    await migrate(server.url)
    const db = await openDb(server.url)
    return await dumpSchema(db).finally(() => db.close())
  } finally {
    await server.leave()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
