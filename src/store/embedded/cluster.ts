import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { systemCode } from '../../errors.ts'
import { damaged } from './failures.ts'
import { type Layout, POSTGRES_MAJOR } from './layout.ts'

/** A PostgreSQL cluster on disk, and the password of its only role. */
export interface Cluster {
  layout: Layout
  password: string
}

export const ROLE = 'rollcall'

const Credentials = z.object({ password: z.string().min(1) })

/** The cluster in this data folder; undefined when there is none yet. What is there but not whole is never replaced. */
export function findCluster(layout: Layout): Cluster | undefined {
  const files = listFolder(layout.pgdata)
  if (files.length === 0) return undefined
  if (!files.includes('PG_VERSION')) throw damaged(layout, 'pgdata/PG_VERSION is missing')
  const version = readFileSync(path.join(layout.pgdata, 'PG_VERSION'), 'utf8').trim()
  if (!/^\d+$/.test(version)) throw damaged(layout, 'pgdata/PG_VERSION does not hold a version')
  if (version !== POSTGRES_MAJOR) {
    throw damaged(layout, `it was made by PostgreSQL ${version}, and this Rollcall brings PostgreSQL ${POSTGRES_MAJOR}`)
  }
  return { layout, password: readPassword(layout) }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

function readPassword(layout: Layout): string {
  let text: string
  try {
    text = readFileSync(layout.credentials, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code !== 'ENOENT') throw error
    throw damaged(layout, 'pg.json, which holds its password, is missing', error)
  }
  try {
    return Credentials.parse(JSON.parse(text)).password
  } catch (error) {
    throw damaged(layout, 'pg.json does not hold its password', error)
  }
}
