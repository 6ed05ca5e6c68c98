import type { JsonObject } from '../../model/fields.ts'

/**
 * The attributes of a profile that are not among Okta's own, with their names and types. An attribute that is null
 * stays null; one that nobody set is absent, as Okta leaves it out.
 * https://developer.okta.com/docs/concepts/user-profiles/
 */
export const customAttributes = (profile: JsonObject, base: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(profile).filter(([name]) => !base.has(name)))

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
export const BASE_USER_PROFILE: ReadonlySet<string> = new Set([
  'login',
  'email',
  'secondEmail',
  'firstName',
  'lastName',
  'middleName',
  'honorificPrefix',
  'honorificSuffix',
  'title',
  'displayName',
  'nickName',
  'profileUrl',
  'primaryPhone',
  'mobilePhone',
  'streetAddress',
  'city',
  'state',
  'zipCode',
  'countryCode',
  'postalAddress',
  'preferredLanguage',
  'locale',
  'timezone',
  'userType',
  'employeeNumber',
  'costCenter',
  'organization',
  'division',
  'department',
  'managerId',
  'manager',
])

export const BASE_GROUP_PROFILE: ReadonlySet<string> = new Set(['name', 'description'])
