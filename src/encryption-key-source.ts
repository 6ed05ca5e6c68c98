import type { Config } from './config.ts'
import { encryptionKeyFile, ensureEncryptionKeyFile, readEncryptionKeyFile } from './encryption-key-file.ts'
import { AppError } from './errors.ts'

type Settings = Pick<Config, 'databaseUrl' | 'dataDir' | 'encryptionKeys'>

/** True when the key lives in a file beside the embedded database, and not in the environment. */
export const hasEncryptionKeyFile = ({ databaseUrl, encryptionKeys }: Settings): boolean =>
  databaseUrl === null && encryptionKeys.length === 0

/**
 * Where the encryption keys come from: a function that gives them, the current one first, as they are at that time.
 * The environment's come first. On the embedded default the key file is made on first need; when the environment has
 * keys and there is such a file from before, its keys still open what they sealed.
 * @throws AppError `config_invalid` when there is no key and none may be made
 */
export function encryptionKeySource(settings: Settings, onWarning: (line: string) => void): () => readonly Buffer[] {
  const { databaseUrl, dataDir, encryptionKeys } = settings
  const file = encryptionKeyFile(dataDir)
  if (databaseUrl !== null) {
    if (encryptionKeys.length === 0) throw keyNeeded()
    return () => encryptionKeys
  }
  if (encryptionKeys.length > 0) return () => [...encryptionKeys, ...(readEncryptionKeyFile(file) ?? [])]
  ensureEncryptionKeyFile(file, onWarning)
  return () => readEncryptionKeyFile(file) ?? missing(file)
}

const keyNeeded = () =>
  new AppError(
    'config_invalid',
    'With DATABASE_URL, ROLLCALL_ENCRYPTION_KEY must be set: it seals the stored credentials, and every server and worker needs the same one. Make one with: openssl rand -base64 32',
  )

/** Not made anew: what this process has sealed would be lost with its end. */
function missing(file: string): never {
  throw new AppError('config_invalid', `The encryption key file ${file} is gone. Restore it.`)
}
