// npm run random-histories -- --histories 5000 --seed 7: more histories of the simulated org than the suite plays, or others.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HELP = `Plays random histories of a simulated org: changes, rounds and full syncs that fail, stop or die, late and lost
events. After each, what is stored has to be what the org is. Prints the shortest history that it is not, and how to play it again.

  npm run random-histories -- --histories 5000 --seed 7

  --histories <n>  how many (2000)
  --seed <n>       which (random)
  --path <path>    only the one that a failure has named, such as 31:1:0, with its seed
`

const root = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    path: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
for (const name of ['histories', 'seed']) {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(values[name])) continue
  console.error(`--${name} takes a whole number.`)
  process.exit(1)
}
console.log(`${values.histories} histories, seed ${values.seed}`)
const { status } = spawnSync(
  process.execPath,
  [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'test/random/histories.test.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      RANDOM_HISTORIES: values.histories,
      RANDOM_SEED: values.seed,
      RANDOM_PATH: values.path,
      RANDOM_PROGRESS: '1',
    },
  },
)
process.exitCode = status ?? 1
