import {
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { linkLibraries, locatePackage, platformProblem, runnableBinaries } from './binaries.ts'
import { SHARED_PLACE } from './binaries-copy.ts'
import { unprivilegedUser } from './server-user.ts'

const { native, version } = locatePackage()
const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-binaries-'))
const sharedCopy = path.join(SHARED_PLACE, `postgresql-test-${process.pid}`)
afterAll(() => {
  rmSync(folder, { recursive: true })
  rmSync(sharedCopy, { recursive: true, force: true })
  removeIfEmpty(SHARED_PLACE)
})

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory)
  } catch {
    // It was never made, or others use it.
  }
}

/** The package as npm unpacks it when it runs no install scripts: without a single link. */
function unlinkedCopy(name: string): string {
  const copy = path.join(folder, name, 'native')
  for (const entry of readdirSync(native, { withFileTypes: true, recursive: true })) {
    const from = path.join(entry.parentPath, entry.name)
    const to = path.join(copy, path.relative(native, from))
    mkdirSync(path.dirname(to), { recursive: true })
    if (entry.isFile() && !entry.name.endsWith('.a')) sameFile(from, to)
  }
  return copy
}

function sameFile(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

test('the links that a blocked install script did not make are made', async () => {
  const copy = unlinkedCopy('unlinked')
  expect(readdirSync(path.join(copy, 'lib'))).not.toContain('libicuuc.so.60')
  expect(await runnableBinaries({}, folder, { native: copy, version })).toEqual({
    postgres: path.join(copy, 'bin', 'postgres'),
    initdb: path.join(copy, 'bin', 'initdb'),
  })
  expect(readlinkSync(path.join(copy, 'lib', 'libicuuc.so.60'))).toBe('libicuuc.so.60.2')
  expect(linkLibraries(copy)).toBe(true)
})

test('where the links cannot be made, the binaries are copied beside the data', async () => {
  const copy = unlinkedCopy('blocked')
  // A folder in the link's place, as a stand-in for a node_modules that is not ours: root may write anywhere.
  const home = mkdtempSync(path.join(folder, 'home-'))
  symlinkSync('nowhere', path.join(copy, 'lib', 'libicuuc.so.60'))
  const { postgres } = await runnableBinaries({}, home, { native: copy, version })
  expect(postgres).toBe(path.join(home, `postgresql-${version}`, 'bin', 'postgres'))
  expect(readdirSync(home)).toEqual([`postgresql-${version}`])
})

test.runIf(process.getuid?.() === 0)(
  'root copies them to a place that the server can reach when node_modules is closed to it',
  async () => {
    const copy = unlinkedCopy('closed')
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const user = unprivilegedUser('nobody:x:65534:65534::/:/bin/false')
    const closed = { native: copy, version: `test-${process.pid}` }
    const { postgres } = await runnableBinaries(user, folder, closed)
    expect(postgres).toBe(path.join(sharedCopy, 'bin', 'postgres'))
    expect(await runnableBinaries(user, folder, closed)).toMatchObject({ postgres })
  },
)

test('a platform that npm has no binaries for is told to use DATABASE_URL', () => {
  expect(() => locatePackage('sunos', 'sparc')).toThrow(
    expect.objectContaining({ code: 'embedded_unavailable', message: expect.stringContaining('DATABASE_URL') }),
  )
  expect(() => locatePackage('win32', 'x64')).toThrow(expect.objectContaining({ code: 'embedded_unavailable' }))
})

test.runIf(process.platform === 'linux')('musl and an old glibc are recognized, and a plain error is neither', () => {
  expect(platformProblem('spawn postgres ENOENT', undefined)).toContain('musl')
  expect(platformProblem("libc.so.6: version `GLIBC_2.27' not found", '2.17')).toContain('newer glibc than 2.17')
  expect(platformProblem('spawn postgres EACCES', '2.36')).toBeUndefined()
})
