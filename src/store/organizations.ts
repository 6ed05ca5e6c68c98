import { newId } from '../ids.ts'
import type { Queryable } from './db.ts'
import { deleteWebhookEndpointsOf } from './webhook-endpoints.ts'

/** The customer that owns connections. */
export interface Organization {
  id: string
  environment_id: string
  name: string | null
  /** The caller's own reference. */
  identifier: string | null
  created_at: string
  updated_at: string
  deleted_at: string | null
}

const COLUMNS = 'id, environment_id, name, identifier, created_at, updated_at, deleted_at'

/** An organization of any environment, deleted ones included; null when there is none. */
export async function findOrganization(db: Queryable, organizationId: string): Promise<Organization | null> {
  const [row] = await db.query<Organization>(`select ${COLUMNS} from organizations where id = $1`, [organizationId])
  return row ?? null
}

export async function createOrganization(
  tx: Queryable,
  organization: { environmentId: string; name: string | null; identifier: string | null },
): Promise<Organization> {
  const [row] = await tx.query<Organization>(
    `insert into organizations (id, environment_id, name, identifier) values ($1, $2, $3, $4) returning ${COLUMNS}`,
    [newId(), organization.environmentId, organization.name, organization.identifier],
  )
  if (!row) throw new Error('insert … returning gave no row')
  return row
}

/** Which rows of a listing are wanted, by their place in it. */
export interface Slice {
  readonly limit: number
  readonly offset: number
}

/** The organizations of an environment that have not been deleted, the oldest first. */
export const listOrganizations = (
  db: Queryable,
  { environmentId, identifier, limit, offset }: OrganizationFilter & Slice,
): Promise<Organization[]> =>
  db.query<Organization>(
    `select ${COLUMNS} from organizations where ${WANTED} order by created_at, id limit $3 offset $4`,
    [environmentId, identifier, limit, offset],
  )

export async function countOrganizations(
  db: Queryable,
  { environmentId, identifier }: OrganizationFilter,
): Promise<number> {
  const [row] = await db.query<{ total: number }>(`select count(*) as total from organizations where ${WANTED}`, [
    environmentId,
    identifier,
  ])
  return row?.total ?? 0
}

interface OrganizationFilter {
  readonly environmentId: string
  /** Null: any. */
  readonly identifier: string | null
}
const WANTED = 'environment_id = $1 and deleted_at is null and ($2::text is null or identifier = $2)'

/** Changes what is given; a null value is kept, an absent one changes nothing. Null when it has been deleted. */
export async function updateOrganization(
  tx: Queryable,
  organizationId: string,
  change: { name?: string | null | undefined; identifier?: string | null | undefined },
): Promise<Organization | null> {
  const [row] = await tx.query<Organization>(
    `update organizations set name = case when $2 then $3 else name end,
            identifier = case when $4 then $5 else identifier end, updated_at = now()
      where id = $1 and deleted_at is null returning ${COLUMNS}`,
    [
      organizationId,
      change.name !== undefined,
      change.name ?? null,
      change.identifier !== undefined,
      change.identifier ?? null,
    ],
  )
  return row ?? null
}

/**
 * Marks an organization as deleted; its invite tokens are worth nothing from then on, and its webhook endpoints are gone.
 * Null when it was so before.
 */
export async function deleteOrganization(tx: Queryable, organizationId: string): Promise<Organization | null> {
  const [row] = await tx.query<Organization>(
    `update organizations set deleted_at = now(), updated_at = now() where id = $1 and deleted_at is null
     returning ${COLUMNS}`,
    [organizationId],
  )
  if (row) await deleteWebhookEndpointsOf(tx, organizationId)
  return row ?? null
}

/** Whether an organization is still there, which it then is until the end of the transaction. */
export async function holdOrganization(tx: Queryable, organizationId: string): Promise<boolean> {
  const rows = await tx.query('select from organizations where id = $1 and deleted_at is null for share', [
    organizationId,
  ])
  return rows.length > 0
}
