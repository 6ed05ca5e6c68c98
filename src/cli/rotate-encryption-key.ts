import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { newEncryptionKey } from '../encryption-key.ts'
import { encryptionKeyFile, readEncryptionKeyFile, writeEncryptionKeyFile } from '../encryption-key-file.ts'
import { hasEncryptionKeyFile } from '../encryption-key-source.ts'
import { encryptionKeyId, type Sealer } from '../seal.ts'
import { countCredentialsByKey, resealCredentials } from '../store/credentials.ts'
import type { Db, Lock } from '../store/db.ts'
import { countWebhookSecretsByKey, resealWebhookSecrets } from '../store/webhook-secrets.ts'
import type { Services, Start } from './services.ts'
import { counted } from './wording.ts'

export interface Rotation {
  /** Id of the key that seals from now on. */
  readonly key_id: string
  /** Credentials of connections and secrets of webhook endpoints that were sealed anew. */
  readonly resealed: number
  /** Those that are still sealed with another key, because no key at hand opens them. */
  readonly unreadable: number
  /** True when nothing needs a previous key any more. */
  readonly is_finished: boolean
}

export function addRotateEncryptionKey(program: Command, start: Start): void {
  program
    .command('rotate-encryption-key')
    .summary('replace the key that seals stored credentials')
    .description(
      `Seals all stored credentials, and the secrets of webhook endpoints, with a new key. Works beside running servers; interrupted, it goes on when it is run again. Invite links that are not used yet stop working.

On the embedded database the new key is made here. With ROLLCALL_ENCRYPTION_KEY, first give every server and worker the new key in ROLLCALL_ENCRYPTION_KEY and the one of before in ROLLCALL_PREVIOUS_ENCRYPTION_KEYS, and restart them; then run this with the same settings; then take the previous one away.

Exit code: 0 done, 2 some cannot be opened with any key: credentials must be entered anew, secrets rotated.`,
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  rollcall rotate-encryption-key')
    .action(({ json }: { json?: boolean }) =>
      start(async (services) => {
        const { config, clock, output } = services
        const sealer = await services.sealer()
        const db = await services.openDb()
        const rotation = await rotate({ config, clock, db, sealer, onWait: (line) => output.note(line) })
        if (json) output.print(JSON.stringify(rotation))
        else show(services, rotation)
        return rotation.is_finished ? 0 : 2
      }),
    )
}

interface RotateOptions {
  readonly config: Config
  readonly clock: Clock
  readonly db: Db
  readonly sealer: Sealer
  readonly onWait: (line: string) => void
}

/** One rotation from its beginning, or from where an earlier one was interrupted. @throws AppError */
export async function rotate({ config, clock, db, sealer, onWait }: RotateOptions): Promise<Rotation> {
  const lock = await takeTurn(db, clock, onWait)
  try {
    const file = hasEncryptionKeyFile(config) ? encryptionKeyFile(config.dataDir) : null
    if (file !== null) addKey(file)
    const resealed = (await resealCredentials(db, sealer)) + (await resealWebhookSecrets(db, sealer))
    const counts = sumOf(await countCredentialsByKey(db), await countWebhookSecretsByKey(db))
    if (file !== null) dropUnused(file, counts)
    const unreadable = [...counts].reduce((sum, [id, count]) => (id === sealer.keyId ? sum : sum + count), 0)
    return { key_id: sealer.keyId, resealed, unreadable, is_finished: unreadable === 0 }
  } finally {
    await lock.release()
  }
}

function sumOf(...counts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>()
  for (const [key, count] of counts.flatMap((one) => [...one])) sum.set(key, (sum.get(key) ?? 0) + count)
  return sum
}

const TURN_MS = 200

async function takeTurn(db: Db, clock: Clock, onWait: (line: string) => void): Promise<Lock> {
  for (let isTold = false; ; isTold = true) {
    const lock = await db.lock('rollcall rotate-encryption-key')
    if (lock) return lock
    if (!isTold) onWait('Waiting for another rotation to end')
    await clock.sleep(TURN_MS)
  }
}

/** Puts a new key before the others, unless an interrupted rotation has: that one is finished first. */
function addKey(file: string): void {
  const keys = readEncryptionKeyFile(file) ?? []
  if (keys.length === 1) writeEncryptionKeyFile(file, [newEncryptionKey(), ...keys])
}

/** Takes out previous keys that have nothing left to open. */
function dropUnused(file: string, counts: ReadonlyMap<string, number>): void {
  const keys = readEncryptionKeyFile(file) ?? []
  const kept = keys.filter((key, index) => index === 0 || counts.has(encryptionKeyId(key)))
  if (kept.length < keys.length) writeEncryptionKeyFile(file, kept)
}

function show(
  { output, config }: Services,
  { key_id: keyId, resealed, unreadable, is_finished: isFinished }: Rotation,
) {
  output.print(`Sealed anew with the key ${keyId}: ${counted(resealed, 'secret')}.`)
  if (!isFinished) {
    output.note(
      `Not to be opened with any key there is: ${counted(unreadable, 'secret')}. Enter those credentials anew and rotate those webhook secrets, or give Rollcall the key in ROLLCALL_PREVIOUS_ENCRYPTION_KEYS, and run this again.`,
    )
    return
  }
  const file = encryptionKeyFile(config.dataDir)
  if (hasEncryptionKeyFile(config)) {
    output.print(`The previous key is gone from ${file}: keep a copy of the new one.`)
    return
  }
  const previous = config.encryptionKeys.length > 1 ? ['ROLLCALL_PREVIOUS_ENCRYPTION_KEYS'] : []
  if (config.databaseUrl === null && existsSync(file)) previous.push(file)
  if (previous.length > 0) {
    output.print(
      `Nothing needs the previous keys any more: once every server and worker has the new one, ${previous.join(' and ')} may go.`,
    )
  } else if (resealed === 0) {
    output.note(
      'To replace the key, put it into ROLLCALL_PREVIOUS_ENCRYPTION_KEYS and a new one into ROLLCALL_ENCRYPTION_KEY.',
    )
  }
}
