// npm run lint:api: redocly's rules over docs/reference/openapi.json. Asks nobody: no telemetry, no news of updates.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = path.join(root, 'node_modules/@redocly/cli')
const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))

const { status } = spawnSync(
  process.execPath,
  [
    '--no-deprecation',
    path.join(folder, bin.redocly),
    'lint',
    'docs/reference/openapi.json',
    '--config',
    'redocly.yaml',
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  },
)
process.exitCode = status ?? 1
