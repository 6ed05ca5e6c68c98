// node scripts/with-packages.mjs COMMAND [ARGUMENT…]
//
// Runs a command once the packages that package-lock.json names are installed; installs them first where they are not.
// `npm run demo` in a fresh clone therefore needs no `npm install` before it. Builds the pages for the commands that serve
// them. Plain JavaScript, no dependencies.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is installed differs from the lock file. npm keeps a list of the former beside the packages. */
function isStale() {
  const wanted = readPackages(path.join(root, 'package-lock.json'))
  const installed = readPackages(path.join(root, 'node_modules', '.package-lock.json'))
  if (!installed) return true
  return Object.entries(wanted ?? {}).some(([name, { version, optional, devOptional }]) => {
    if (name === '') return false
    const found = installed[name]
    // Packages for other platforms stay out.
    return found ? found.version !== version : !(optional || devOptional)
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

/** The npm that started us, so that it is the one whose settings apply. */
async function install() {
  console.error('Installing the packages that Rollcall needs (npm ci), once …')
  const npm = process.env.npm_execpath ?? ''
  const [program, ...before] = /npm-cli\.[cm]?js$/.test(npm) ? [process.execPath, npm] : ['npm']
  const options = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  const end = await run(program, [...before, ...options], [0, 2, 2])
  if (end === 0) return
  console.error('The packages could not be installed; npm says why above. Check the network and run again.')
  process.exit(end)
}

/** What `serve` serves beside the API. Without it the API still works, and says so. */
async function buildThePages() {
  const { buildPages } = await import('./pages.mjs')
  await buildPages().catch((error) => console.error(`The pages could not be built: ${error.message}`))
}

/** Resolves to the exit code. Ctrl-C reaches the child by itself; we wait for what it makes of it. */
function run(program, args, stdio) {
  const child = spawn(program, args, { stdio, cwd: stdio === 'inherit' ? process.cwd() : root })
  const fromTerminal = process.stdin.isTTY === true
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !fromTerminal) child.kill(signal)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program} cannot be run: ${error.message}`)
      resolve(127)
    })
    child.on('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

const [program, ...args] = process.argv.slice(2)
if (!program) {
  console.error('Usage: node scripts/with-packages.mjs COMMAND [ARGUMENT…]')
  process.exit(1)
}
if (isStale()) await install()
if (args.some((argument) => argument === 'serve' || argument === 'demo')) await buildThePages()
if (program === 'node' && args[0]?.endsWith('.mjs')) {
  // A script for this very Node needs no process of its own, and no signals passed on.
  const script = path.resolve(args[0])
  process.argv = [process.execPath, script, ...args.slice(1)]
  await import(pathToFileURL(script).href)
} else {
  process.exitCode = await run(program, args, 'inherit')
}
