#!/usr/bin/env node
// Starts Rollcall: from its source in a checkout, from dist/ in a published package. Plain JavaScript that any Node can
// read, so that an old one is told so.
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

const NEEDED = [20, 19]

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(`Rollcall needs Node.js ${NEEDED.join('.')} or newer, and this is ${process.versions.node}.`)
  process.exit(1)
}

// Pages pass through quickly; left to itself, V8 keeps several times what is alive before it cleans up.
setFlagsFromString('--heap-growing-percent=30')
setFlagsFromString('--semi-space-growth-factor=1')

const source = new URL('../src/main.ts', import.meta.url)
const built = new URL('../dist/src/main.js', import.meta.url)
if (existsSync(source)) {
  const tsx = await import('tsx/esm/api').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    console.error('The packages that Rollcall needs are not installed. Run: npm ci')
    process.exit(1)
  })
  tsx.register()
}
const { main } = await import(existsSync(source) ? source.href : built.href)
await main(process.argv.slice(2))
