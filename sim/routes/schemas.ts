import { ok } from '../http/answer.ts'
import type { Route } from '../http/router.ts'
import { DAY, iso, type Json } from '../world.ts'

const BASE = [
  'login',
  'firstName',
  'lastName',
  'middleName',
  'email',
  'title',
  'displayName',
  'nickName',
  'userType',
  'department',
  'employeeNumber',
  'manager',
  'mobilePhone',
  'secondEmail',
]

/** The custom attributes that generated profiles carry, with their types. */
const CUSTOM: Json = {
  costCenters: { title: 'Cost centers', type: 'array', items: { type: 'string' } },
  level: { title: 'Level', type: 'integer' },
  remote: { title: 'Works remotely', type: 'boolean' },
  badge: { title: 'Badge', type: 'string' },
  ratings: { title: 'Ratings', type: 'array', items: { type: 'number' } },
  startDate: { title: 'Start date', type: 'string' },
}

export const SCHEMA_ROUTES: Route[] = [
  {
    template: 'GET /api/v1/meta/schemas/user/default',
    permission: 'okta.schemas.read',
    handle(call, { org }) {
      const href = `${call.origin}/api/v1/meta/schemas/user/default`
      const typeHref = `${call.origin}/api/v1/meta/types/user/${org.world.ids.userType}`
      return ok({
        id: `${call.origin}/meta/schemas/user/default`,
        $schema: 'http://json-schema.org/draft-04/schema#',
        name: 'user',
        title: 'User',
        description: 'Okta user profile template with default permission settings',
        lastUpdated: iso(org.world.epoch - 20 * DAY),
        created: iso(org.world.epoch - 3000 * DAY),
        definitions: {
          custom: { id: '#custom', type: 'object', properties: properties(CUSTOM), required: [] },
          base: {
            id: '#base',
            type: 'object',
            properties: properties(Object.fromEntries(BASE.map((name) => [name, { title: name, type: 'string' }]))),
            required: ['login', 'email'],
          },
        },
        type: 'object',
        properties: { profile: { allOf: [{ $ref: '#/definitions/custom' }, { $ref: '#/definitions/base' }] } },
        _links: {
          self: { rel: 'self', href, method: 'GET' },
          type: { rel: 'type', href: typeHref, method: 'GET' },
        },
      })
    },
  },
]

function properties(attributes: Json): Json {
  const rest = { mutability: 'READ_WRITE', scope: 'NONE', permissions: [{ principal: 'SELF', action: 'READ_ONLY' }] }
  return Object.fromEntries(Object.entries(attributes).map(([name, given]) => [name, { ...(given as Json), ...rest }]))
}
