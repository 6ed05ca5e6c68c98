import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { okta } from './index.ts'
import { LOG_EVENT_RULES, logEventTargets } from './log-event-targets.ts'

const USER = { type: 'User', id: '00u1', alternateId: 'jane@acme.test' }
const GROUP = { type: 'UserGroup', id: '00g1' }
const APP = { type: 'AppInstance', id: '0oa1' }
const APP_USER = { type: 'AppUser', id: '0ua1' }
const policy = (policyType: unknown) => ({ type: 'PolicyEntity', id: 'rst1', detailEntry: { policyType } })

const event = (eventType: string, target: unknown, more: object = {}) => ({
  uuid: '1',
  eventType,
  target,
  outcome: { result: 'SUCCESS' },
  ...more,
})
/** Targets as `kind stream key`. */
const named = (eventType: string, target: unknown, more?: object) =>
  logEventTargets(event(eventType, target, more)).map((one) =>
    [one.kind, one.stream, 'key' in one ? one.key : ''].join(' ').trim(),
  )

describe('what an event says has to be read again', () => {
  it.each([
    ['user.account.update_profile', [USER], ['record users 00u1']],
    ['user.lifecycle.delete.completed', [USER], ['record users 00u1']],
    ['user.lifecycle.password_mass_expiry', [], ['stream users']],
    ['group.user_membership.add', [USER, GROUP], ['children user_groups 00u1']],
    ['group.profile.update', [GROUP], ['record groups 00g1']],
    ['application.user_membership.add', [APP_USER, APP, USER], ['record application_users 0oa1:user:00u1']],
    ['application.user_membership.remove', [APP_USER, APP], ['children application_users 0oa1']],
    [
      'group.application_assignment.add',
      [GROUP, APP],
      ['record groups 00g1', 'children application_groups 0oa1', 'children application_users 0oa1'],
    ],
    ['application.lifecycle.update', [APP], ['record applications 0oa1']],
    ['user.mfa.factor.activate', [USER], ['children factors 00u1']],
    ['user.account.privilege.grant', [USER], ['children named_user_roles 00u1']],
    ['group.privilege.grant', [GROUP], ['record groups 00g1', 'children group_roles 00g1', 'stream user_roles']],
    ['policy.lifecycle.update', [policy('OktaMfaEnroll')], ['children policies MFA_ENROLL']],
    ['policy.lifecycle.update', [policy('ACCESS_POLICY')], ['children policies ACCESS_POLICY']],
    ['policy.lifecycle.update', [policy('SomethingNew')], ['stream policies']],
    ['policy.lifecycle.update', [policy('group_rule')], []],
    ['policy.lifecycle.delete', [policy('ACCESS_POLICY')], ['children policies ACCESS_POLICY', 'stream applications']],
    ['policy.rule.update', [{ type: 'PolicyRule', id: '0pr1' }, policy('Password')], ['children policy_rules rst1']],
    ['policy.rule.update', [{ type: 'PolicyRule', id: '0pr1' }], ['stream policy_rules']],
    [
      'policy.mapping.create',
      [policy('ACCESS_POLICY'), APP],
      ['record applications 0oa1', 'children policy_mappings rst1'],
    ],
    ['system.import.complete', [APP], []],
    ['user.session.start', [USER], []],
  ])('%s of %j', (eventType, target, targets) => {
    expect(named(eventType, target)).toEqual(targets)
  })

  it('finds targets by their types, wherever they stand and however many there are', () => {
    const more = [GROUP, { type: 'User', id: '00u2' }, USER, { type: 'User', id: '00u2' }]
    expect(named('group.user_membership.add', more)).toEqual(['children user_groups 00u2', 'children user_groups 00u1'])
  })

  it('names the listing that shows the same, where one does', () => {
    const shownBy = { stream: 'group_memberships', key: '00g1' }
    expect(logEventTargets(event('group.user_membership.add', [USER, GROUP]))).toMatchObject([{ shownBy }])
    const two = [USER, GROUP, { ...GROUP, id: '00g2' }]
    expect(logEventTargets(event('group.user_membership.add', two))[0]).not.toHaveProperty('shownBy')
    const assigned = logEventTargets(event('application.user_membership.add', [APP, USER]))
    expect(assigned).toMatchObject([{ shownBy: { stream: 'application_users', key: '0oa1' } }])
  })

  it('is about the actor where an event of a user names nothing else', () => {
    const actor = { type: 'User', id: '00u9' }
    expect(named('user.mfa.factor.activate', null, { actor })).toEqual(['children factors 00u9'])
    expect(named('user.mfa.factor.activate', [USER], { actor })).toEqual(['children factors 00u1'])
    expect(named('user.mfa.factor.activate', null, { actor: { type: 'PublicClientApp', id: '0oa1' } })).toEqual([])
  })

  it('is nothing for what did not happen, but for a lock-out, which is a failed sign-in', () => {
    for (const result of ['FAILURE', 'DENY', 'SKIPPED', 'RATE_LIMIT'])
      expect(named('user.account.update_profile', [USER], { outcome: { result } })).toEqual([])
    for (const outcome of [{ result: 'UNKNOWN' }, { result: 'DEFERRED' }, null, undefined, 'odd'])
      expect(named('user.account.update_profile', [USER], { outcome })).toEqual(['record users 00u1'])
    const failed = { outcome: { result: 'FAILURE', reason: 'LOCKED_OUT' } }
    expect(named('user.account.lock', [USER], failed)).toEqual(['record users 00u1'])
  })

  it('is nothing for odd events, and never an exception', () => {
    const odd = [null, undefined, '', 0, [], {}, [null], [[]], [{}], [{ type: 'User' }], [{ type: 'User', id: '' }]]
    // What nothing can make a text of.
    odd.push({ toString: 1 }, [{ type: { toString: 1 }, id: { toString: 1 } }])
    for (const value of odd) {
      expect(logEventTargets(value)).toEqual([])
      expect(named('user.account.update_profile', value, { actor: value })).toEqual([])
      for (const eventType of LOG_EVENT_RULES.keys())
        for (const target of odd)
          expect(() => logEventTargets({ eventType, target, actor: value, outcome: value })).not.toThrow()
    }
    expect(named('constructor', [USER])).toEqual([])
    expect(named('user.account.update_profile', [{ type: 'User', id: '..' }])).toEqual([])
  })

  it('names only streams that can be read so', () => {
    const everything = [USER, GROUP, APP, APP_USER, policy('ACCESS_POLICY'), { type: 'PolicyRule', id: '0pr1' }]
    for (const eventType of LOG_EVENT_RULES.keys()) {
      const targets = logEventTargets(event(eventType, everything))
      expect(targets, eventType).not.toEqual([])
      for (const target of targets) {
        const stream = [...okta.streams, ...okta.sideways].find(({ name }) => name === target.stream)
        expect(stream, `${eventType}: ${target.stream}`).toBeDefined()
        if (target.kind === 'record') expect(stream?.get, target.stream).toBeDefined()
        if (target.kind === 'children') expect(stream?.refetch, target.stream).toBeDefined()
        if (target.kind === 'stream') expect(okta.streams).toContain(stream)
      }
    }
  })
})

/** Okta's catalogue of event types, and our notes on them; kept outside the repository. */
const SHARED = fileURLToPath(new URL('../../../../shared/', import.meta.url))

/** Events that one might expect in the table, and why nothing is read again for them. */
const NOT_FOLLOWED: readonly [RegExp, string][] = [
  [/^user\.session\.start$/, 'the last sign-in alone would cost a request for each'],
  [/^group\.user_membership\.rule\./, 'whom a rule moves shows in the group: its time moves'],
  [/^system\.import\..*complete$/, 'what it moved shows in users and groups: their times move'],
  [/^app\.oauth2\.client\.privilege\./, 'roles of clients are not read'],
  [/^application\.provision\.group_push\./, 'pushes of groups are not read'],
  [/^iam\.role\.(create|permission)/, 'what a role may do is not read'],
  [/^iam\.resourceset\.(create|update|resources)/, 'what a resource set holds is not read'],
  [/^(zone|directory|system\.idp|device\.assurance)\./, 'not read; policies name them by id'],
  [/^system\.(feature|api_token)\./, 'says what can be read at all, which a full sync finds out'],
]

describe.skipIf(!existsSync(SHARED))('the table, held against what Okta publishes', () => {
  it('knows no event that the catalogue does not', () => {
    const catalogue = readFileSync(`${SHARED}okta/event-types.json`, 'utf8')
    const { versions } = JSON.parse(catalogue) as { versions: { eventTypes: { id: string }[] }[] }
    const known = new Set(versions.flatMap(({ eventTypes }) => eventTypes.map(({ id }) => id)))
    expect(known.size).toBeGreaterThan(1_000)
    expect([...LOG_EVENT_RULES.keys()].filter((type) => !known.has(type))).toEqual([])
  })

  it('has every event that our notes say something about, or a reason', () => {
    const notes = readFileSync(`${SHARED}okta-api.md`, 'utf8').split(/^## /m)
    const section = notes.find((text) => text.startsWith('7.')) ?? ''
    const cells = section.split('\n').flatMap((line) => line.split('|')[1] ?? [])
    const types = cells.flatMap((cell) =>
      [...cell.matchAll(/`([a-z_0-9]+(?:\.[a-z_0-9]+)+)`/g)].map(([, type]) => type),
    )
    expect(types.length).toBeGreaterThan(150)
    const open = types.filter((type) => type !== undefined && !LOG_EVENT_RULES.has(type))
    expect(open.filter((type) => !NOT_FOLLOWED.some(([pattern]) => pattern.test(type ?? '')))).toEqual([])
    expect(NOT_FOLLOWED.filter(([pattern]) => !open.some((type) => pattern.test(type ?? '')))).toEqual([])
  })
})
