import { expect } from 'vitest'
import type { ApiServices } from '../../src/api/services.ts'
import { planKnown } from '../../src/compose/plan-sync.ts'
import { describeOkta } from '../../src/connectors/okta/description.ts'
import { silentLog } from '../../src/log.ts'
import { faultOfUrl } from '../../src/outgoing/callable-url.ts'
import { createSealer } from '../../src/seal.ts'

const sealer = createSealer(() => [Buffer.alloc(32, 7)])

/** Services of a test's API: whatever is not given is quiet, unlimited, and asks no vendor. */
export const servicesOf = (given: Pick<ApiServices, 'db' | 'clock'> & Partial<ApiServices>): ApiServices => ({
  log: silentLog,
  sealer,
  connectors: [describeOkta({ allowedInsecureOrigins: [] })],
  pagesDir: null,
  publicUrl: 'https://rollcall.example.com',
  version: '0.0.0',
  rateLimit: 0,
  metricsToken: null,
  egressAddresses: [],
  vendors: { findOrg: nobodyIsAsked, check: nobodyIsAsked, estimate: nobodyIsAsked },
  // What is stored is enough to plan by; nobody is asked.
  planSync: (connection, mode, signal) =>
    planKnown(
      { db: given.db, sealer, share: 0.9, openSession: () => expect.fail('nobody is asked here'), onSecret: () => {} },
      connection,
      { mode, signal },
    ),
  webhooks: {
    faultOf: (url) => faultOfUrl(url, { allowedInsecureOrigins: [] }),
    test: async () => ({ failure: null, status: 204, text: '', seconds: 0 }),
  },
  ...given,
})

const nobodyIsAsked = () => Promise.reject(new Error('nobody is asked here'))
