import { expect, test } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { type Db, openDb } from './db.ts'

let db: Db
let address: string

useDatabase('file', (opened, url) => {
  db = opened
  address = url
})

test('a server that answers and refuses is told from one that does not answer', async () => {
  const url = new URL(address)
  url.pathname = '/nobody_made_this'
  await expect(openDb(url.href)).rejects.toMatchObject({
    code: 'database_refused',
    message: 'The server has no database of this name (3D000).',
  })
  await expect(openDb('postgres://rollcall@127.0.0.1:1/rollcall')).rejects.toMatchObject({
    code: 'database_unreachable',
  })
})

test('a user without the right to make tables is told so', async () => {
  const refused = db.transaction(async (tx) => {
    await tx.query('create role powerless')
    await tx.query('set local role powerless')
    await tx.query('create table public.x ()')
  })
  await expect(refused).rejects.toMatchObject({
    code: 'database_refused',
    message: 'The database does not let this user work in it (42501).',
  })
})

test('a database that can only be read is told so', async () => {
  const refused = db.transaction((tx) => tx.query('create table x ()'), 'snapshot')
  await expect(refused).rejects.toMatchObject({ code: 'database_refused' })
})
