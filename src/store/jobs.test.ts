import { expect, test } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { findOrCreateConnection } from './connections.ts'
import type { Db } from './db.ts'
import { createJob, listSteps, markJob, openSteps, saveStep } from './jobs.ts'

let db: Db

useDatabase('file', (opened) => {
  db = opened
})

test('what Okta said about a failure is stored, whatever characters it used', async () => {
  const org = { vendor: 'OKTA_IDP', origin: 'https://acme.okta.com', org_id: '00o1', org_name: null, engine: null }
  const connection = await findOrCreateConnection(db, org)
  const at = '2026-01-05T00:00:00.000Z'
  const request = { connectionId: connection.id, trigger: 'command_line', settings: {}, at, isQueued: false } as const
  const job = await createJob(db, request)
  if (!job) throw new Error('the connection has an unfinished job')
  const [step] = await openSteps(db, job.id, ['users'])
  if (!step) throw new Error('the job has no step')
  const odd = 'nul\0 and half \ud83d of a pair'
  const clean = 'nul\ufffd and half \ufffd of a pair'
  await saveStep(db, job.id, { ...step, reason: odd, checkpoint: { skipped: [{ key: 'g1', reason: odd }] } }, at)
  const error = { code: 'okta_bad_request', message: odd } as const
  await markJob(db, job.id, { state: 'interrupted', outcome: 'failed', seconds: 1, at, error, retryInMs: null })
  expect(await listSteps(db, job.id)).toMatchObject([
    { reason: clean, checkpoint: { skipped: [{ key: 'g1', reason: clean }] } },
  ])
})
