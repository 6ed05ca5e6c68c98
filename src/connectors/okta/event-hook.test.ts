import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { eventHook } from './event-hook.ts'
import { LOG_EVENT_RULES } from './log-event-targets.ts'

/** Okta's catalogue of event types (github.com/okta/okta-developer-docs), when a copy lies beside the repository. */
const FILE = fileURLToPath(new URL('../../../../shared/okta/okta-event-types.csv', import.meta.url))

describe('what an event hook is subscribed to', () => {
  it.skipIf(!existsSync(FILE))(
    `is what has a rule and is eligible by ${existsSync(FILE) ? "Okta's catalogue" : `${FILE} (not there: skipped)`}`,
    () => {
      const catalogue = readFileSync(FILE, 'utf8')
      const rows = [...catalogue.matchAll(/^"([\w.]+)","(?:[^"]|"")*","[^"]*","([^"]*)"/gm)]
      const eligible = new Set(rows.flatMap(([, type, tags = '']) => (/event-hook-eligible/.test(tags) ? [type] : [])))
      expect(eligible.size).toBeGreaterThan(100)
      expect([...LOG_EVENT_RULES.keys()].filter((type) => eligible.has(type))).toEqual(eventHook.eventTypes)
    },
  )

  it('leads to something, each of it', () => {
    expect(eventHook.eventTypes.filter((type) => !LOG_EVENT_RULES.has(type))).toEqual([])
    expect(new Set(eventHook.eventTypes).size).toBe(eventHook.eventTypes.length)
  })
})

describe('a delivery', () => {
  it('is read as the log events that it carries, with what each names', () => {
    const event = {
      uuid: 'f790999f-fe87-467a-9880-6982a583986c',
      eventType: 'user.account.update_profile',
      outcome: { result: 'SUCCESS' },
      target: [{ type: 'User', id: '00u1' }],
    }
    const delivery = { eventType: 'com.okta.event_hook', data: { events: [event, { eventType: 'x' }] } }
    expect(eventHook.read(delivery)).toEqual({
      events: [{ id: event.uuid, targets: [{ kind: 'record', stream: 'users', key: '00u1' }] }],
      odd: 1,
    })
  })
})
