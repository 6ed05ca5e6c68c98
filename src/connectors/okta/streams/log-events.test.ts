import { describe, expect, it } from 'vitest'
import { AppError } from '../../../errors.ts'
import type { LogEventRow } from '../../../model/log-event.ts'
import type { Page } from '../../connector.ts'
import type { ListOptions, OktaClient } from '../client/client.ts'
import { logEvents } from './log-events.ts'

const NOW = Date.parse('2026-06-01T12:00:00.000Z')
const origin = { connectionId: '00000000-0000-4000-8000-000000000000', parent: { key: '', row: {} } }

async function read(
  answer: Page,
  cursor: string | null = null,
  settings: { logDays: number; pageSize?: number } = { logDays: 7 },
) {
  const asked: ListOptions[] = []
  const client: OktaClient = {
    get: () => Promise.reject(new Error('not asked')),
    getPublic: () => Promise.reject(new Error('not asked')),
    list: async (_, options) => {
      asked.push(options)
      return answer
    },
  }
  const page = await logEvents.page({ client, cursor, parent: origin.parent, settings: { ...settings, now: NOW } })
  return { page, query: asked[0]?.query }
}

const at = (published: string) => ({ uuid: published, published })

describe('the log', () => {
  it('is polled: from a time on, in ascending order, without an end', async () => {
    const { query } = await read({ items: [], next: 'next' })
    expect(query).toEqual({ since: '2026-05-25T12:00:00.000Z', sortOrder: 'ASCENDING', limit: 1000 })
  })

  it('is asked for 90 days at most, and goes on from its own links', async () => {
    const first = await read({ items: [], next: 'next' }, null, { logDays: 400 })
    expect(first.query).toMatchObject({ since: '2026-03-03T12:00:00.000Z' })
    const later = await read({ items: [], next: 'next' }, 'cursor')
    expect(later.query).toEqual({ sortOrder: 'ASCENDING', limit: 1000 })
  })

  it('ends at an empty page, and goes on next time from the link of that page', async () => {
    const { page } = await read({ items: [], next: 'later' }, 'cursor')
    expect(page).toEqual({ items: [], next: null, resumeFrom: 'later' })
  })

  it('goes on after a page that is not full: only an empty one is the end', async () => {
    const { page } = await read({ items: [at('2026-05-30T00:00:00.000Z')], next: 'later' })
    expect(page.next).toBe('later')
  })

  it('ends at a page without a next link, and reads that page again next time', async () => {
    const items = [at('2026-05-30T00:00:00.000Z')]
    expect((await read({ items, next: null }, 'cursor')).page).toEqual({ items, next: null, resumeFrom: 'cursor' })
  })

  it('of a busy org ends once it has caught up, and loses nothing', async () => {
    const items = [at('2026-06-01T12:00:00.000Z')]
    expect((await read({ items, next: 'later' })).page).toEqual({ items, next: null, resumeFrom: 'later' })
    const full = await read({ items, next: 'later' }, null, { logDays: 7, pageSize: 1 })
    expect(full.page.next).toBe('later')
  })

  it('goes on after a short page of the last minute: servers cut pages as they like', async () => {
    const { page } = await read({ items: [at('2026-06-01T11:59:59.000Z')], next: 'later' })
    expect(page.next).toBe('later')
  })

  it('whose next link cannot be followed keeps its place', async () => {
    const cutOff = new AppError('unsafe_link', 'x')
    const answer = { items: [at('2026-06-01T12:00:00.000Z')], next: null, cutOff }
    expect((await read(answer, 'cursor')).page).toEqual(answer)
  })
})

describe('a log event', () => {
  const row = (item: object) => logEvents.normalize({ uuid: 'e1', ...item }, origin) as LogEventRow

  it('may lack nearly everything', () => {
    expect(row({ target: null, outcome: null, actor: null, client: 'x', device: null })).toMatchObject({
      vendor_id: 'e1',
      targets: null,
      outcome: null,
      actor_vendor_id: null,
      actor_user_id: null,
      published_at: null,
    })
  })

  it('names a user as ours only when the actor is one', () => {
    expect(row({ actor: { id: '00u1', type: 'User' } }).actor_user_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(row({ actor: { id: 'unknown', type: 'SystemPrincipal' } })).toMatchObject({
      actor_vendor_id: 'unknown',
      actor_user_id: null,
    })
  })

  it('is refused without its uuid', () => {
    expect(() => logEvents.normalize({ published: '2026-05-30T00:00:00.000Z' }, origin)).toThrow()
  })

  it('keeps its targets as received', () => {
    const target = [{ id: '00u1', type: 'User', changeDetails: { from: { a: 1 }, to: { a: null } } }]
    expect(row({ target }).targets).toEqual(target)
  })
})
