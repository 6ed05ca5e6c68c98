import { describe, expect, it } from 'vitest'
import { AppError, type ErrorCode } from '../../../errors.ts'
import { Application } from '../../../model/application.ts'
import type { PolicyRow } from '../../../model/policy.ts'
import type { PolicyRuleRow } from '../../../model/policy-rule.ts'
import type { Page } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { policies, policyTypes } from './policies.ts'
import { policyMappings } from './policy-mappings.ts'
import { policyRules } from './policy-rules.ts'

const connectionId = '00000000-0000-4000-8000-000000000000'
const parent = { key: 'rst1', row: {} }
const origin = { connectionId, parent }
const settings = { logDays: 7, now: 0 }

const clientOf = (list: OktaClient['list']): OktaClient => ({
  list,
  get: () => Promise.reject(new Error('not asked')),
  getPublic: () => Promise.reject(new Error('not asked')),
})

describe('policies', () => {
  it('are asked for by the types of the engine', () => {
    expect(policyTypes({ engine: 'v1' })).toEqual(['OKTA_SIGN_ON', 'PASSWORD', 'MFA_ENROLL', 'IDP_DISCOVERY'])
    expect(policyTypes({ engine: 'idx' })).toContain('ACCESS_POLICY')
    expect(policyTypes({ engine: null })).toEqual(policyTypes({ engine: 'idx' }))
  })

  it('have the type they were asked for when they name none', () => {
    const from = { connectionId, parent: { key: 'PASSWORD', row: {} } }
    expect(
      policies.normalize({ id: 'rst1', type: null, conditions: null, priority: 'x' }, from) as PolicyRow,
    ).toMatchObject({
      type: 'PASSWORD',
      name: 'rst1',
      conditions: null,
      settings: null,
      priority: null,
      is_system: null,
      status: 'unknown',
    })
  })

  it.each<[ErrorCode, string | null, ErrorCode]>([
    ['okta_bad_request', null, 'okta_feature_off'],
    ['okta_not_found', null, 'okta_feature_off'],
    ['okta_bad_request', '/api/v1/policies?type=PASSWORD&after=x', 'okta_bad_request'],
    ['okta_scope_missing', null, 'okta_scope_missing'],
  ])('answered with %s to the cursor %j are %s', async (code, cursor, meaning) => {
    const client = clientOf(() => Promise.reject(new AppError(code, 'because', { details: { status: 400 } })))
    const page = policies.page({ client, cursor, parent: { key: 'PASSWORD', row: {} }, settings })
    await expect(page).rejects.toMatchObject({ code: meaning, message: 'because', details: { status: 400 } })
  })

  it('may be mapped when their type is, or when Okta links to mappings', () => {
    const isMappable = (item: object) => (policies.normalize({ id: 'p', ...item }, origin) as PolicyRow).is_mappable
    expect(isMappable({ type: 'ACCESS_POLICY' })).toBe(true)
    expect(isMappable({ type: 'PASSWORD', _links: { mappings: { href: 'x' } } })).toBe(true)
    expect(isMappable({ type: 'PASSWORD', _links: {} })).toBe(false)
  })
})

describe('rules of a policy', () => {
  const rulesOf = async (page: Page, cursor: string | null = null) => {
    const client = clientOf(async (_, options) => {
      expect(options.cursor).toBe(cursor === null ? null : '/api/v1/policies/rst1/rules?after=2@x')
      return page
    })
    return policyRules.page({ client, cursor, parent, settings })
  }

  it('keep the order in which they are listed, over several pages', async () => {
    const first = await rolesAndNext({
      items: [
        { id: 'r1', priority: 99 },
        { id: 'r2', priority: 0 },
      ],
      next: '/api/v1/policies/rst1/rules?after=2@x',
    })
    expect(first.positions).toEqual([0, 1])
    const second = await rolesAndNext({ items: [{ id: 'r3' }], next: null }, first.next)
    expect(second).toEqual({ positions: [2], next: null })
  })

  async function rolesAndNext(page: Page, cursor: string | null = null) {
    const { items, next } = await rulesOf(page, cursor)
    return { positions: items.map((item) => (policyRules.normalize(item, origin) as PolicyRuleRow).position), next }
  }

  it('that go round in a circle end as a loop', async () => {
    const client = clientOf(async () => ({ items: [{ id: 'r1' }], next: 'again' }))
    const page = (cursor: string) => policyRules.page({ client, cursor, parent, settings })
    expect((await page('1@again')).next).toBe('2@again')
    await expect(page('5000@again')).rejects.toMatchObject({ code: 'paging_loop' })
  })

  it('may be none', async () => {
    expect(await rulesOf({ items: [], next: null })).toEqual({ items: [], next: null })
  })

  it.each([
    { conditions: null, priority: 99, system: true },
    { actions: { appSignOn: { verificationMethod: { constraints: [{ possession: { methods: ['push'] } }] } } } },
    { actions: null, created: null, lastUpdated: null, priority: null },
  ])('of the shape %j are kept, and stored as received', async (shape) => {
    const received = { id: 'r1', name: 'Catch-all', ...shape }
    const { items } = await rulesOf({ items: [received], next: null })
    expect(policyRules.normalize(items[0], origin)).toMatchObject({
      vendor_id: 'rst1:r1',
      name: 'Catch-all',
      position: 0,
    })
    expect(policyRules.sanitize?.(items[0])).toEqual(received)
  })

  it('without an id are refused alone', async () => {
    const { items } = await rulesOf({ items: [{ name: 'x' }, { id: 'r1' }], next: null })
    expect(() => policyRules.normalize(items[0], origin)).toThrow()
    expect(policyRules.normalize(items[1], origin)).toMatchObject({ position: 1 })
  })

  it('read alone have no known place', () => {
    expect(policyRules.normalize({ id: 'r1' }, origin)).toMatchObject({ position: null })
  })
})

describe('mappings of a policy', () => {
  const refusing = (code: ErrorCode) => clientOf(() => Promise.reject(new AppError(code, 'refused')))
  const page = (code: ErrorCode, cursor: string | null = null) =>
    policyMappings.page({ client: refusing(code), cursor, parent, settings })

  it.each(['okta_not_found', 'okta_bad_request', 'okta_feature_off'] as const)(
    'are none when Okta answers %s',
    async (code) => {
      expect(await page(code)).toEqual({ items: [], next: null })
      await expect(page(code, 'half way')).rejects.toMatchObject({ code })
    },
  )

  it.each(['okta_scope_missing', 'okta_unavailable', 'okta_token_rejected'] as const)(
    'are unknown when it answers %s',
    async (code) => {
      await expect(page(code)).rejects.toMatchObject({ code })
    },
  )

  it('name the application in a link alone', () => {
    const mapping = { id: 'rsm1', _links: { application: { href: 'https://acme.okta.com/api/v1/apps/0oa1' } } }
    expect(policyMappings.normalize(mapping, origin)).toMatchObject({
      vendor_id: 'rst1:rsm1',
      mapping_vendor_id: 'rsm1',
      application_vendor_id: '0oa1',
      application_id: Application.idOf(connectionId, '0oa1'),
    })
  })

  it('without an id of their own are told apart by their applications', () => {
    const links = { application: { href: '/api/v1/apps/0oa1' } }
    for (const id of [undefined, null, 'rst1']) {
      expect(policyMappings.normalize({ id, _links: links }, origin)).toMatchObject({ vendor_id: 'rst1:0oa1' })
    }
    expect(() => policyMappings.normalize({ _links: {} }, origin)).toThrow()
  })

  it('may be of an authenticator', () => {
    const mapping = { id: 'rsm1', _links: { authenticator: { href: '/api/v1/authenticators/aut1' } } }
    expect(policyMappings.normalize(mapping, origin)).toMatchObject({
      application_id: null,
      authenticator_vendor_id: 'aut1',
    })
  })
})
