import { describe, expect, it } from 'vitest'
import type { UserRow } from '../../../model/user.ts'
import { users } from './users.ts'

const origin = { connectionId: '00000000-0000-4000-8000-000000000000', parent: { key: '', row: {} } }
const row = (item: object) => users.normalize({ id: '00u1', ...item }, origin) as UserRow

describe('a user', () => {
  it('without any name falls back to the login, then to the id', () => {
    expect(row({ profile: { firstName: null, lastName: null, email: null, login: 'svc-bot' } })).toMatchObject({
      first_name: null,
      last_name: null,
      email: null,
      username: 'svc-bot',
      display_name: 'svc-bot',
    })
    expect(row({ profile: { firstName: ' ' } }).display_name).toBe('00u1')
    expect(row({}).display_name).toBe('00u1')
    expect(row({ profile: { firstName: 'Ana' } }).display_name).toBe('Ana')
    expect(row({ profile: { firstName: 'Ana', lastName: 'Berg', displayName: 'A. Berg' } }).display_name).toBe(
      'A. Berg',
    )
  })

  it('keeps attributes of its own with their types, null apart from absent', () => {
    const profile = {
      login: 'u@acme.test',
      costCenters: ['a', 'b'],
      level: 3,
      remote: true,
      badge: null,
      costCenter: 'x',
    }
    expect(row({ profile }).custom_attributes).toEqual({ costCenters: ['a', 'b'], level: 3, remote: true, badge: null })
    expect(Object.keys(row({ profile: { login: 'u' } }).custom_attributes)).toEqual([])
  })

  it.each([
    ['LOCKED_OUT', 'locked_out', true],
    ['PASSWORD_EXPIRED', 'password_expired', true],
    ['RECOVERY', 'recovery', true],
    ['ACTIVE', 'active', true],
    ['STAGED', 'staged', false],
    ['PROVISIONED', 'provisioned', false],
    ['SUSPENDED', 'suspended', false],
    ['DEPROVISIONED', 'deprovisioned', false],
    ['HIBERNATED', 'unknown', null],
    [null, 'unknown', null],
  ])('%s is %s, enabled %s', (received, status, enabled) => {
    expect(row({ status: received })).toMatchObject({ status, vendor_status: received, is_enabled: enabled })
  })

  it('that left shows the day it left', () => {
    const statusChanged = '2025-03-01T10:00:00.000Z'
    expect(row({ status: 'DEPROVISIONED', statusChanged }).deactivated_at).toBe(statusChanged)
    expect(row({ status: 'SUSPENDED', statusChanged }).deactivated_at).toBeNull()
  })

  it('is a row whatever the types of its properties', () => {
    const odd = { status: 5, created: {}, lastLogin: 'never', profile: [], type: null, credentials: 'x' }
    expect(row(odd)).toMatchObject({
      vendor_id: '00u1',
      vendor_status: '5',
      vendor_created_at: null,
      last_login_at: null,
    })
    expect(row({ profile: { login: 12, firstName: { a: 1 } } })).toMatchObject({ username: '12', first_name: null })
  })

  it.each([[{}], [{ id: '' }], [{ id: '..' }], [null], ['00u1'], [[]]])('%j is refused', (item) => {
    expect(() => users.normalize(item, origin)).toThrow()
  })

  it('is stored without credentials, but for who checks them', () => {
    const credentials = {
      password: { value: 'canary', hash: { value: 'canary' } },
      recovery_question: { question: 'canary?', answer: 'canary' },
      provider: { type: 'OKTA', name: 'OKTA', extra: 'canary' },
      emails: [{ value: 'canary@acme.test' }],
    }
    const kept = users.sanitize?.({ id: '00u1', profile: { nickName: null }, credentials })
    expect(kept).toEqual({
      id: '00u1',
      profile: { nickName: null },
      credentials: { provider: { type: 'OKTA', name: 'OKTA' } },
    })
    expect(users.sanitize?.({ id: '00u1' })).toEqual({ id: '00u1' })
    expect(users.sanitize?.({ id: '00u1', credentials: 'canary' })).toEqual({ id: '00u1', credentials: {} })
    expect(users.sanitize?.(null)).toBeNull()
  })
})
