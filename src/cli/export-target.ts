import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { AppError, systemCode } from '../errors.ts'
import type { Output } from './output.ts'

/** Where exported rows go. */
export interface ExportTarget {
  /** Resolves when there is room for more. */
  write(chunk: string): Promise<void>
  /** False once nobody reads on. */
  readonly isOpen: boolean
  finish(): Promise<void>
  /** What was written so far is not to be taken for the whole. */
  discard(): Promise<void>
}

export const toStdout = (output: Output): ExportTarget => ({
  write: (chunk) => output.write(chunk),
  get isOpen() {
    return output.hasReader
  },
  finish: () => output.flush(),
  discard: async () => {},
})

/** A file that is there when it is whole: written beside its place, for its owner only, then renamed. */
export async function toFile(file: string): Promise<ExportTarget> {
  const partial = `${file}.${process.pid}.partial`
  const stream = createWriteStream(partial, { mode: 0o600, flags: 'wx' })
  let failure: unknown = null
  stream.on('error', (error) => {
    failure ??= error
  })
  await once(stream, 'open').catch((error: unknown) => {
    throw explained(error, file)
  })
  const check = () => {
    if (failure) throw explained(failure, file)
  }
  return {
    isOpen: true,
    write: async (chunk) => {
      check()
      if (!stream.write(chunk)) await once(stream, 'drain').catch(() => {})
      check()
    },
    finish: async () => {
      stream.end()
      await once(stream, 'close').catch(() => {})
      check()
      await rename(partial, file).catch((error: unknown) => {
        throw explained(error, file)
      })
    },
    discard: async () => {
      stream.destroy()
      await rm(partial, { force: true })
    },
  }
}

function explained(error: unknown, file: string): AppError {
  const code = systemCode(error) || 'unknown'
  if (code === 'ENOSPC') return new AppError('database_disk_full', `The disk of ${file} is full.`, { cause: error })
  return new AppError('usage_invalid', `${file} cannot be written (${code}).`, { cause: error })
}
