import { existsSync, readFileSync } from 'node:fs'

/** Rollcall's version: package.json lies above src/ in a checkout, and above dist/src/ in a published package. */
export function readVersion(): string {
  const manifest = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url))
  const { version } = manifest ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }) : {}
  return version ?? 'unknown'
}
