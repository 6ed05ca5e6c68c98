import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../store/columns.ts'
import type { Stream } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { okta } from '../index.ts'

/** Real answers of Okta orgs, one exchange a line; kept outside the repository for their licenses. */
const FOLDER = fileURLToPath(new URL('../../../../../shared/okta/recordings/', import.meta.url))

interface Recording {
  source: string
  method: string
  path: string
  status: number
  body: unknown
}

/** Which recordings a stream reads; the first group of a path is the parent. */
const SOURCES: readonly { stream: string; file: string; path: RegExp; atLeast: number }[] = [
  { stream: 'users', file: 'users', path: /^\/+api\/v1\/users(?:\/?$|\/[^/]+$)/, atLeast: 300 },
  { stream: 'groups', file: 'groups', path: /^\/api\/v1\/groups(?:$|\/[^/]+$)/, atLeast: 150 },
  { stream: 'groups', file: 'user-groups', path: /^\/api\/v1\/users\/[^/]+\/groups$/, atLeast: 14 },
  { stream: 'group_memberships', file: 'group-members', path: /^\/api\/v1\/groups\/([^/]+)\/users$/, atLeast: 19 },
  { stream: 'applications', file: 'apps', path: /^\/api\/v1\/apps(?:\/?$|\/[^/]+$)/, atLeast: 150 },
  { stream: 'applications', file: 'group-apps', path: /^\/api\/v1\/groups\/[^/]+\/apps$/, atLeast: 1 },
  { stream: 'application_users', file: 'app-users', path: /^\/api\/v1\/apps\/([^/]+)\/users(?:$|\/)/, atLeast: 70 },
  { stream: 'application_groups', file: 'app-groups', path: /^\/api\/v1\/apps\/([^/]+)\/groups(?:$|\/)/, atLeast: 30 },
  { stream: 'factors', file: 'factors', path: /^\/api\/v1\/users\/([^/]+)\/factors(?:$|\/)/, atLeast: 15 },
  { stream: 'user_roles', file: 'roles', path: /^\/api\/v1\/users\/([^/]+)\/roles(?:$|\/)/, atLeast: 30 },
  { stream: 'group_roles', file: 'roles', path: /^\/api\/v1\/groups\/([^/]+)\/roles(?:$|\/)/, atLeast: 20 },
  { stream: 'policies', file: 'policies', path: /^\/api\/v1\/policies(?:$|\/[^/]+$)/, atLeast: 200 },
  { stream: 'policy_rules', file: 'policy-rules', path: /^\/api\/v1\/policies\/([^/]+)\/rules(?:$|\/)/, atLeast: 190 },
  { stream: 'policy_mappings', file: 'policy-mappings', path: /^\/api\/v1\/policies\/([^/]+)\/mappings/, atLeast: 2 },
  { stream: 'log_events', file: 'logs', path: /^\/api\/v1\/logs$/, atLeast: 20 },
]

/** Recordings that no stream can read, and why. Matched against `source`. */
const LEFT_OUT: Readonly<Record<string, string>> = {}

const CONNECTION = '00000000-0000-4000-8000-000000000000'

const streamNamed = (name: string): Stream<OktaClient> => {
  const found = okta.streams.find((stream) => stream.name === name)
  if (!found) throw new Error(`no stream ${name}`)
  return found
}

function itemsOf(source: (typeof SOURCES)[number]): { item: unknown; parent: string; source: string }[] {
  return readFileSync(`${FOLDER}${source.file}.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Recording)
    .filter((recording) => recording.status >= 200 && recording.status < 300 && recording.method !== 'DELETE')
    .filter((recording) => !Object.keys(LEFT_OUT).some((left) => recording.source.includes(left)))
    .flatMap((recording) => {
      const match = source.path.exec(recording.path.split('?')[0] ?? '')
      if (!match) return []
      const items = Array.isArray(recording.body) ? recording.body : [recording.body]
      return items.map((item: unknown) => ({ item, parent: match[1] ?? '', source: recording.source }))
    })
}

const SECRET_NAME = /secret|password|passphrase|private_?key|api_?key|access_?key|^answer$|securityAnswer/i
const NO_SECRET = /^(passwordChanged|expirePassword|resetPassword|changePassword|forgotPassword|requirePasswordChange)$/

/** Texts under a name like a secret's, wherever they are; links and what a policy says about passwords are none. */
function secretsIn(value: unknown, name = '', place = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => secretsIn(item, name, place))
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([key]) => key !== '_links')
      .flatMap(([key, inner]) => secretsIn(inner, key, `${place}.${key}`))
  }
  return typeof value === 'string' && SECRET_NAME.test(name) && !NO_SECRET.test(name) ? [place] : []
}

describe.skipIf(!existsSync(FOLDER))(`recorded answers (skipped where ${FOLDER} is absent)`, () => {
  it.each(SOURCES)('of $file all become rows of $stream', (source) => {
    const stream = streamNamed(source.stream)
    const fields = fieldsOf(stream.entity)
    const recorded = itemsOf(source)
    expect(recorded.length).toBeGreaterThanOrEqual(source.atLeast)
    for (const { item, parent } of recorded) {
      const row = stream.normalize(item, { connectionId: CONNECTION, parent: { key: parent, row: {} } })
      const columns = Object.keys(row).sort()
      expect(columns).toEqual(stream.entity.columns.filter((name) => name !== 'id' && name !== 'is_deleted').sort())
      for (const [name, value] of Object.entries(row)) {
        const field = fields[name]
        if (value === null) expect([name, field?.nullable]).toEqual([name, true])
        else expect([name, field?.kind, fits(field?.kind, value)]).toEqual([name, field?.kind, true])
        if (field?.values && value !== null) expect(field.values).toContain(value)
      }
    }
  })

  it.each(SOURCES)('of $file hold no secret once they are fit to store', (source) => {
    const stream = streamNamed(source.stream)
    for (const { item } of itemsOf(source)) {
      const kept = stream.sanitize ? stream.sanitize(item) : item
      expect(secretsIn(kept)).toEqual([])
      expect(JSON.stringify(kept)).not.toMatch(/REDACTEDx/)
    }
  })

  it.each(SOURCES)('of $file know every value of a closed list', (source) => {
    const stream = streamNamed(source.stream)
    const lists = Object.entries(fieldsOf(stream.entity)).filter(([, field]) => field.values?.includes('unknown'))
    const unknown = itemsOf(source).flatMap(({ item, parent }) => {
      const row = stream.normalize(item, { connectionId: CONNECTION, parent: { key: parent, row: {} } })
      return lists
        .filter(([name]) => (row as unknown as Record<string, unknown>)[name] === 'unknown')
        .map(([name]) => name)
    })
    expect(unknown).toEqual([])
  })
})

function fits(kind: string | undefined, value: unknown): boolean {
  if (kind === 'id') return typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)
  if (kind === 'text') return typeof value === 'string'
  if (kind === 'texts') return Array.isArray(value) && value.every((item) => typeof item === 'string')
  if (kind === 'time') return typeof value === 'string' && new Date(value).toISOString() === value
  if (kind === 'boolean') return typeof value === 'boolean'
  if (kind === 'integer') return Number.isSafeInteger(value)
  return typeof value === 'object'
}
