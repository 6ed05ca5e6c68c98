import { chmod, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../errors.ts'
import { uniqueName } from './layout.ts'
import { letPass, type ServerUser } from './server-user.ts'

export type Copy = { native: string } | { problem: string }

/**
 * For root: a place every user can reach, shared by all data folders of the machine. Never a data folder itself, which
 * is closed to others (root's default is /var/lib/rollcall).
 */
export const SHARED_PLACE = '/var/cache/rollcall'

/**
 * Copies of the binaries in places that the server's user may be able to reach, made when asked for the next one.
 *
 * Needed when node_modules is closed to that user (a project below /root, or installed under umask 077), or when the
 * library links are missing and node_modules is not ours to write to.
 */
export async function* copyBinaries(
  native: string,
  version: string,
  user: ServerUser,
  home: string,
): AsyncGenerator<Copy> {
  const places = user.uid === undefined ? [home] : [SHARED_PLACE, home]
  for (const place of places) {
    const target = path.join(place, `postgresql-${version}`)
    try {
      await openPlace(place)
      if (place === home) letPass(user, home)
      await copyOnce(native, target)
      yield { native: target }
      // Asked for another one: this was of no use.
      if (place === home) await rm(target, { recursive: true, force: true })
    } catch (error) {
      yield { problem: `${target}: ${messageOf(error)}` }
    }
  }
}

/** Made readable for all, whatever the umask; a folder that is there already is left as it is. */
async function openPlace(place: string): Promise<void> {
  const made = await mkdir(place, { recursive: true })
  if (made !== undefined) await chmod(place, 0o755)
}

/** Whole or not at all: a copy that was interrupted never gets the final name, and the first of two wins. */
async function copyOnce(source: string, target: string): Promise<void> {
  if (await exists(target)) return
  const aside = path.join(path.dirname(target), uniqueName(`.${path.basename(target)}-`))
  try {
    await copyFolder(source, aside)
    await rename(aside, target)
  } catch (error) {
    if (!(await exists(target))) throw error
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** Modes are set rather than kept: being readable by others is what the copy is for. Links are made anew later. */
async function copyFolder(source: string, target: string): Promise<void> {
  await mkdir(target)
  await chmod(target, 0o755)
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const from = path.join(source, entry.name)
    const to = path.join(target, entry.name)
    if (entry.isDirectory()) await copyFolder(from, to)
    if (!entry.isFile() || isForCompilersOnly(entry.name)) continue
    await copyFile(from, to)
    await chmod(to, (await stat(from)).mode & 0o100 ? 0o755 : 0o644)
  }
}

function isForCompilersOnly(name: string): boolean {
  return name.endsWith('.a')
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
