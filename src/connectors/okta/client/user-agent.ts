import { existsSync, readFileSync } from 'node:fs'

/** `rollcall/<version>`, the name under which an org's System Log shows our requests. */
export const USER_AGENT = `rollcall/${ownVersion()}`

/** The version in the manifest above this file, be it source or built. */
function ownVersion(): string {
  for (let folder = new URL('.', import.meta.url); folder.pathname !== '/'; folder = new URL('..', folder)) {
    const manifest = new URL('package.json', folder)
    if (!existsSync(manifest)) continue
    const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'))
    if (typeof version === 'string') return version
  }
  return '0'
}
