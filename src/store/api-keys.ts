import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { appendAudit } from './audit.ts'
import type { Db, Queryable } from './db.ts'

/** What a caller of the API shows to be let in. The key itself is not kept: only a digest of it. */
export interface ApiKey {
  id: string
  environment_id: string
  /** Name of the environment whose organizations it sees. */
  environment: string
  name: string
  /** How the key begins. */
  prefix: string
  access: ApiKeyAccess
  created_at: string
  /** Exact to a minute. */
  last_used_at: string | null
  revoked_at: string | null
}

export const API_KEY_ACCESS = ['read_only', 'full'] as const
export type ApiKeyAccess = (typeof API_KEY_ACCESS)[number]

export const DEFAULT_ENVIRONMENT = 'default'

const KEY = /^rck_[\w-]{43}$/
/** Whether a text has the form of a key, whether or not there is one. */
export const looksLikeApiKey = (text: string): boolean => KEY.test(text)
const KEY_BYTES = 32
/** `rck_` and 48 of the 256 random bits: enough to tell keys apart, and 208 are left to guess. */
const PREFIX_LENGTH = 12

/** What a query of `api_keys` and `environments` selects to make one. */
export const API_KEY_COLUMNS = `api_keys.id, api_keys.environment_id, environments.name as environment, api_keys.name, api_keys.prefix,
  api_keys.access, api_keys.created_at, api_keys.last_used_at, api_keys.revoked_at`

/** Makes a key. `key` is its text, which nothing can tell again. The environment is made when it is new. */
export async function createApiKey(
  db: Queryable,
  { name, environment, access }: { name: string; environment: string; access: ApiKeyAccess },
): Promise<{ key: string; record: ApiKey }> {
  const key = `rck_${randomBytes(KEY_BYTES).toString('base64url')}`
  const [record] = await db.query<ApiKey>(
    `with environments as (
       insert into environments (id, name) values ($1, $2)
       on conflict (name) do update set name = excluded.name
       returning id, name
     ), api_keys as (
       insert into api_keys (id, environment_id, name, prefix, digest, access)
       select $3, environments.id, $4, $5, $6, $7 from environments
       returning *
     )
     select ${API_KEY_COLUMNS} from api_keys, environments`,
    [newId(), environment, newId(), name, key.slice(0, PREFIX_LENGTH), digestOf(key), access],
  )
  if (!record) throw new Error('insert … returning gave no row')
  return { key, record }
}

/**
 * The key whose text this is, and remembers that it was used; null when there is none, or it was revoked. What cannot
 * be a key is not looked up.
 */
export async function findApiKey(db: Queryable, key: string): Promise<ApiKey | null> {
  if (!KEY.test(key)) return null
  const digest = digestOf(key)
  const [row] = await db.query<ApiKey & { digest: Buffer; is_use_due: boolean }>(
    `select ${API_KEY_COLUMNS}, api_keys.digest, ${IS_USE_DUE} as is_use_due
     from api_keys join environments on environments.id = api_keys.environment_id
     where api_keys.digest = $1 and api_keys.revoked_at is null`,
    [digest],
  )
  if (!row || !timingSafeEqual(row.digest, digest)) return null
  const { digest: _, is_use_due: isUseDue, ...record } = row
  if (isUseDue) await db.query(`update api_keys set last_used_at = now() where id = $1 and ${IS_USE_DUE}`, [record.id])
  return record
}

/** Once a minute is often enough to know whether a key is in use, and no write for each request. */
const IS_USE_DUE = "(api_keys.last_used_at is null or api_keys.last_used_at < now() - interval '1 minute')"

/** Every key there has been, the revoked ones included; the oldest first. */
export const listApiKeys = (db: Queryable): Promise<ApiKey[]> =>
  db.query<ApiKey>(
    `select ${API_KEY_COLUMNS} from api_keys join environments on environments.id = api_keys.environment_id
     order by api_keys.created_at, api_keys.id`,
  )

/**
 * From now on the key lets nobody in. One that was revoked before keeps the time of that.
 * @param idOrPrefix its id, how it begins as `listApiKeys` shows it, or the whole key
 * @throws AppError `api_key_not_found`, also when several keys begin like that
 */
export async function revokeApiKey(db: Queryable, idOrPrefix: string): Promise<ApiKey> {
  const digest = KEY.test(idOrPrefix) ? digestOf(idOrPrefix) : null
  const [only, another] = await db.query<{ id: string }>(
    'select id from api_keys where id::text = lower($1) or prefix = $1 or digest = $2',
    [idOrPrefix, digest],
  )
  // What was asked for is not said again: somebody may have taken a key's text for its id.
  if (!only) throw new AppError('api_key_not_found', 'There is no API key of this id or beginning.')
  if (another) throw new AppError('api_key_not_found', 'Several API keys begin like that: name one by its id.')
  const [record] = await db.query<ApiKey>(
    `update api_keys set revoked_at = coalesce(revoked_at, now()) from environments
     where api_keys.id = $1 and environments.id = api_keys.environment_id
     returning ${API_KEY_COLUMNS}`,
    [only.id],
  )
  if (!record) throw new Error('update … returning gave no row')
  return record
}

/**
 * Makes the key of a fresh installation: only when the environment `default` has never had one, and only once however
 * many processes start together. Resolves to its text, else to null.
 */
export async function createFirstApiKey(db: Db): Promise<string | null> {
  return db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended('rollcall first api key', 0))")
    const [row] = await tx.query<{ has_keys: boolean }>(
      `select exists (select from api_keys join environments on environments.id = api_keys.environment_id
        where environments.name = $1) as has_keys`,
      [DEFAULT_ENVIRONMENT],
    )
    if (row?.has_keys) return null
    const wanted = { name: 'first', environment: DEFAULT_ENVIRONMENT, access: 'full' } as const
    const { key, record } = await createApiKey(tx, wanted)
    await auditApiKey(tx, 'api_key.created', record)
    return key
  })
}

/** Writes down what somebody at the command line did to a key, in the transaction that does it. */
export const auditApiKey = (
  tx: Queryable,
  action: 'api_key.created' | 'api_key.revoked',
  { id, environment_id: environmentId, name, prefix, access }: ApiKey,
): Promise<void> =>
  appendAudit(tx, {
    environmentId,
    organizationId: null,
    actorType: 'command_line',
    actorId: null,
    action,
    objectType: 'api_key',
    objectId: id,
    requestId: null,
    details: { name, prefix, access },
  })

/** What is kept in place of a secret of 256 random bits: no salt and no slow hash would add anything. */
export const digestOf = (key: string): Buffer => createHash('sha256').update(key).digest()
