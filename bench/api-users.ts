import { createApiKey } from '../src/store/api-keys.ts'
import { findOrCreateConnection } from '../src/store/connections.ts'
import type { Db } from '../src/store/db.ts'

/** Made by PostgreSQL itself, each with some 1 KB of Okta's JSON, as a sync would have stored them. */
const USERS = `
  insert into users (id, vendor_id, username, email, first_name, last_name, display_name, status, vendor_status,
         is_enabled, title, department, employee_number, vendor_created_at, last_updated_at, activated_at,
         status_changed_at, last_login_at, password_changed_at, custom_attributes, is_deleted, connection_id, stream, raw,
         content_hash, first_seen_at, changed_at)
  select md5('user' || n)::uuid, '00u' || lpad(n::text, 17, '0'), mail, mail, 'First' || n, 'Last' || n,
         'First' || n || ' Last' || n, status, upper(status), status = 'active', 'Engineer ' || n % 40,
         'Department ' || n % 90, n::text, created, created + interval '90 days', created, created,
         created + interval '80 days', created, jsonb_build_object('costCenter', n % 300, 'badge', md5(n::text)), n % 50 = 0,
         $1, 'users', json_build_object(
           'id', '00u' || lpad(n::text, 17, '0'), 'status', upper(status), 'created', created, 'activated', created,
           'statusChanged', created, 'lastLogin', created + interval '80 days', 'lastUpdated', created + interval '90 days',
           'passwordChanged', created, 'type', json_build_object('id', 'oty1fac9xb2dmkHb40h8'),
           'profile', json_build_object('login', mail, 'email', mail, 'firstName', 'First' || n, 'lastName', 'Last' || n,
             'title', 'Engineer ' || n % 40, 'department', 'Department ' || n % 90, 'employeeNumber', n::text,
             'costCenter', n % 300, 'badge', md5(n::text), 'notes', repeat(md5(n::text), 6)),
           'credentials', json_build_object('provider', json_build_object('type', 'OKTA', 'name', 'OKTA')),
           '_links', json_build_object('self', json_build_object('href', 'https://acme.okta.com/api/v1/users/' || n))),
         md5(n::text), now(), now()
    from (select n, 'user' || n || '@acme.example' as mail,
                 (array['active', 'active', 'active', 'suspended', 'deprovisioned'])[1 + n % 5] as status,
                 timestamptz '2024-01-01' + n % 700 * interval '1 day' as created
            from generate_series(1, $2::int) as n) as made`

/** A connection with so many users, and a key that may read them. */
export async function fillUsers(db: Db, users: number): Promise<{ connectionId: string; key: string }> {
  const org = { origin: 'https://acme.okta.com', org_id: '00o1', org_name: 'Acme', engine: 'idx' as const }
  const { id: connectionId } = await findOrCreateConnection(db, { vendor: 'OKTA_IDP', ...org })
  await db.query(USERS, [connectionId, users])
  await db.query('vacuum analyze users')
  const { key } = await createApiKey(db, { name: 'benchmark', environment: 'default', access: 'read_only' })
  return { connectionId, key }
}
