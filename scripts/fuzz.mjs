// npm run fuzz -- --requests 50000 --seed 7: more requests than the suite sends, or others, made from the OpenAPI document.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
})
for (const [name, value] of Object.entries(values)) {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(value)) continue
  console.error(`--${name} takes a whole number.`)
  process.exit(1)
}
console.log(`${values.requests} requests, seed ${values.seed}`)
const { status } = spawnSync(
  process.execPath,
  [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/api/fuzz.test.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FUZZ_REQUESTS: values.requests, FUZZ_SEED: values.seed } },
)
process.exitCode = status ?? 1
