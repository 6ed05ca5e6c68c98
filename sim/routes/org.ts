import { ok } from '../http/answer.ts'
import type { Route } from '../http/router.ts'
import { page, placed } from '../paging.ts'
import { DAY, iso } from '../world.ts'

const FEATURES = ['Import Monitoring Dashboard', 'Enhanced Dynamic Network Zone', 'Okta Privileged Access']

/** The org itself, and the small listings around it. */
export const ORG_ROUTES: Route[] = [
  {
    // Anyone may ask, see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingMetadata/
    template: 'GET /.well-known/okta-organization',
    permission: 'none',
    handle: (call, { org }) =>
      ok({
        id: org.world.ids.org,
        cell: 'sim1',
        _links: { organization: { href: call.origin } },
        pipeline: org.world.engine,
        settings: { analyticsCollectionEnabled: false, bugReportingEnabled: true, omEnabled: false, itpEnabled: false },
      }),
  },
  {
    template: 'GET /api/v1/org',
    permission: 'okta.orgs.read',
    handle(call, { org }) {
      const { subdomain, epoch, size } = org.world
      const created = iso(epoch - 3000 * DAY)
      return ok({
        id: org.world.ids.org,
        subdomain,
        companyName: size.companyName,
        status: 'ACTIVE',
        created,
        lastUpdated: iso(epoch - 10 * DAY),
        expiresAt: null,
        website: 'https://www.acme.example',
        address1: null,
        address2: null,
        city: null,
        state: null,
        country: null,
        postalCode: null,
        phoneNumber: null,
        supportPhoneNumber: null,
        endUserSupportHelpURL: null,
        _links: {
          self: { href: `${call.origin}/api/v1/org` },
          preferences: { href: `${call.origin}/api/v1/org/preferences` },
        },
      })
    },
  },
  {
    template: 'GET /api/v1/api-tokens',
    permission: 'okta.apiTokens.read',
    handle(call, { org, tokens }) {
      const owned = tokens.all().filter((token) => token.ownerId !== undefined && !token.expired)
      return ok(
        owned.map(({ id, name, ownerId, created }) => ({
          id,
          name,
          userId: ownerId,
          clientName: 'Okta API',
          tokenWindow: 'P30D',
          network: { connection: 'ANYWHERE' },
          expiresAt: iso(org.now() + 30 * DAY),
          created: iso(created),
          lastUpdated: iso(org.now()),
          _links: {
            self: { href: `${call.origin}/api/v1/api-tokens/${id}`, hints: { allow: ['GET', 'DELETE'] } },
            user: { href: `${call.origin}/api/v1/users/${ownerId}`, hints: { allow: ['GET'] } },
          },
        })),
      )
    },
  },
  {
    template: 'GET /api/v1/features',
    permission: 'okta.features.read',
    handle: (call) =>
      ok(
        FEATURES.map((name, number) => {
          const id = `ftrSIM${String(number).padStart(14, '0')}`
          const self = `${call.origin}/api/v1/features/${id}`
          return {
            id,
            type: 'self-service',
            status: number === 1 ? 'ENABLED' : 'DISABLED',
            name,
            description: `${name}, explained.`,
            stage: number === 0 ? { value: 'BETA', state: 'OPEN' } : { value: 'EA' },
            _links: {
              self: { href: self },
              dependents: { href: `${self}/dependents` },
              dependencies: { href: `${self}/dependencies` },
            },
          }
        }),
      ),
  },
  {
    template: 'GET /api/v1/principal-rate-limits',
    permission: 'okta.principalRateLimits.read',
    handle(call, { org, tokens }) {
      const wanted = /principalId eq "([^"]+)"/.exec(call.query.get('filter') ?? '')?.[1]
      const shown = tokens.all().filter(({ id }) => wanted === undefined || id === wanted)
      const at = iso(org.world.epoch - 9 * DAY).replace('.000', '')
      return page(call, { default: 20, max: 50 }, placed(shown), ({ id, share, ownerId }) => ({
        id: `prl${id.slice(3)}`,
        orgId: org.world.ids.org,
        principalId: id,
        principalType: ownerId === undefined ? 'OAUTH_CLIENT' : 'SSWS_TOKEN',
        defaultPercentage: Math.round(share * 100),
        defaultConcurrencyPercentage: Math.round(share * 100),
        lastUpdate: at,
        lastUpdatedBy: org.ownerId,
        createdDate: at,
        createdBy: org.ownerId,
      }))
    },
  },
  {
    template: 'GET /api/v1/meta/types/user',
    permission: 'okta.userTypes.read',
    handle(call, { org }) {
      const id = org.world.ids.userType
      const at = iso(org.world.epoch - 3000 * DAY)
      const link = (rel: string, path: string) => ({ rel, href: `${call.origin}/api/v1/meta/${path}`, method: 'GET' })
      return ok([
        {
          id,
          displayName: 'User',
          name: 'user',
          description: 'Okta user profile template with default permission settings',
          createdBy: 'sprjaqy8d2OwK2qnq5d7',
          lastUpdatedBy: 'sprjaqy8d2OwK2qnq5d7',
          created: at,
          lastUpdated: at,
          default: true,
          _links: { schema: link('schema', `schemas/user/osc${id.slice(3)}`), self: link('self', `types/user/${id}`) },
        },
      ])
    },
  },
]
