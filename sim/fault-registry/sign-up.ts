import type { NamedFault } from '../faults.ts'

const WELL_KNOWN = 'GET /.well-known/okta-organization'
const PAGE = '<!DOCTYPE html><html><head><title>Not Found</title></head><body>Nothing here</body></html>'

export const SIGN_UP_FAULTS: Record<string, NamedFault> = {
  'not-found-html': {
    describe: 'Not an Okta org: every address answers with an HTML page and status 404.',
    make: () => [{ match: '*', html: true, status: 404, body: PAGE, rateHeaders: null }],
  },
  'not-an-okta-org': {
    describe: 'The well-known document is some other JSON.',
    make: () => [{ match: WELL_KNOWN, status: 200, body: { service: 'something else' } }],
  },
  'well-known-missing': {
    describe: 'Only the well-known document is missing (404); the API works.',
    make: () => [{ match: WELL_KNOWN, status: 404 }],
  },
  'custom-domain': {
    describe: 'The well-known document names another address of the org as the original one.',
    make: (org) => [
      {
        match: WELL_KNOWN,
        transform: (body, call) => ({
          ...(body as object),
          _links: {
            organization: { href: `https://${org.world.subdomain}.okta.com` },
            alternate: { href: call.origin },
          },
        }),
      },
    ],
  },
  'redirect-to-sign-in': {
    describe: 'Every call is redirected (302) to a sign-in page.',
    make: () => [{ match: /\/api\/v1/, html: true, status: 302, body: '', headers: { Location: '/login/login.htm' } }],
  },
  'redirect-private-address': {
    describe: 'Every call is redirected (302) to http://169.254.169.254.',
    make: () => [
      { match: '*', html: true, status: 302, body: '', headers: { Location: 'http://169.254.169.254/latest/' } },
    ],
  },
  'org-forbidden': {
    describe: 'The org document gets a 403; everything else works.',
    make: () => [{ match: 'GET /api/v1/org', status: 403 }],
  },
  'users-me-forbidden': {
    describe: 'The token may not see its own user: 403 on /users/me.',
    make: () => [{ match: /^GET \/api\/v1\/users\/me$/, status: 403 }],
  },
  'scope-not-granted': {
    describe: 'The token endpoint refuses one scope: okta.roles.read.',
    make: () => [
      {
        match: 'POST /oauth2/v1/token',
        where: ({ text }) => (new URLSearchParams(text).get('scope') ?? '').split(' ').includes('okta.roles.read'),
        status: 400,
        body: { error: 'invalid_scope', error_description: 'One or more scopes are not configured for the app.' },
      },
    ],
  },
}
