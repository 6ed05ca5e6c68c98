import { expect, test } from 'vitest'
import { tokenPage } from './token-page.ts'

const PAGE = 'https://acme-admin.okta.com/admin/access/api/tokens'

test.each([
  ['an org of Okta’s own domain', ['https://acme.okta.com'], PAGE],
  ['its admin console', ['https://acme-admin.okta.com'], PAGE],
  ['an org with a custom domain, by its other address', ['https://id.acme.com', 'https://acme.okta.com'], PAGE],
  ['a preview org', ['https://acme.oktapreview.com'], 'https://acme-admin.oktapreview.com/admin/access/api/tokens'],
])('of %s', (_what, origins, page) => expect(tokenPage(origins)).toBe(page))

test.each([
  ['a custom domain alone', ['https://id.acme.com']],
  ['a simulated org', ['http://127.0.0.1:9099']],
  ['nothing', []],
])('is not known of %s', (_what, origins) => expect(tokenPage(origins)).toBeNull())
