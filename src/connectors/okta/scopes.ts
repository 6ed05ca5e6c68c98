/**
 * The scopes that everything Rollcall reads takes, all of them for reading. A service app asks for no others.
 * @see https://developer.okta.com/docs/api/oauth2/
 */
export const SCOPES = [
  'okta.users.read',
  'okta.groups.read',
  'okta.apps.read',
  'okta.logs.read',
  'okta.roles.read',
  'okta.policies.read',
] as const

/** What an admin does about scopes that a service app lacks. */
export const grantRemedy = (scopes: readonly string[]): string =>
  `Grant ${scopes.join(', ')} to the service app in Okta: Applications > Applications > the app > Okta API Scopes. Then reload that page and look again, for saving may lose grants without a word.`
