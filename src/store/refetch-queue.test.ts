import { beforeEach, describe, expect, it } from 'vitest'
import { useDatabase } from '../../test/harness/database.ts'
import { findOrCreateConnection } from './connections.ts'
import type { Db } from './db.ts'
import { ageTargets, dropTargets, enqueueTargets, listTargets, type WantedTarget } from './refetch-queue.ts'

let db: Db
let connectionId: string
useDatabase('test', (opened) => {
  db = opened
})
beforeEach(async () => {
  const org = { origin: 'https://acme.okta.com', org_id: '00o1', org_name: null, engine: null }
  connectionId = (await findOrCreateConnection(db, { vendor: 'OKTA_IDP', ...org })).id
})

const AT = '2026-01-05T09:00:00.000Z'
const name = (...targets: WantedTarget[]) => enqueueTargets(db, { connectionId, at: AT }, targets)
const queued = () => listTargets(db, connectionId, 100)
const factors: WantedTarget = { kind: 'children', stream: 'factors', key: '00u1' }

describe('the queue of what is read again', () => {
  it('holds a target once, however often it is named', async () => {
    await name(factors, factors)
    await name(factors)
    expect(await queued()).toMatchObject([{ kind: 'children', stream: 'factors', key: '00u1', unless_rows: null }])
  })

  it('keeps what was named again while it was read', async () => {
    await name(factors)
    const read = await queued()
    await name(factors)
    await dropTargets(db, connectionId, read)
    expect(await queued()).toHaveLength(1)
    await dropTargets(db, connectionId, await queued())
    expect(await queued()).toEqual([])
  })

  it('holds one line for each listing that may show the same', async () => {
    const shownBy = (key: string) => ({ ...factors, shownBy: { stream: 'group_memberships', key } })
    await name(shownBy('00g1'), shownBy('00g2'), factors)
    expect(await queued()).toHaveLength(3)
  })

  it('keeps that something must be read, whatever is said of counts later', async () => {
    await name({ ...factors, unlessRows: 3 })
    await name({ ...factors, unlessRows: 4 })
    expect(await queued()).toMatchObject([{ unless_rows: 4 }])
    await name(factors)
    await name({ ...factors, unlessRows: 5 })
    expect(await queued()).toMatchObject([{ unless_rows: null }])
  })

  it('gives up what so many rounds could not read, unless it was named again', async () => {
    await name(factors, { ...factors, key: '00u2' })
    expect(await ageTargets(db, connectionId, await queued(), 2)).toBe(0)
    await name(factors)
    expect(await ageTargets(db, connectionId, await queued(), 2)).toBe(1)
    expect(await queued()).toMatchObject([{ key: '00u1', attempts: 1 }])
  })

  it('takes no key that can be none', async () => {
    await name({ ...factors, key: '9'.repeat(5_000) }, { ...factors, key: 'nul\u0000' })
    expect(await queued()).toEqual([])
  })
})
