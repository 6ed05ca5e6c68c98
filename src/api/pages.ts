import { existsSync } from 'node:fs'
import path from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import type { ApiServices } from './services.ts'

/**
 * Scripts, styles and pictures are files of this server, and nothing else is loaded, run, framed or sent anywhere. The
 * address of the onboarding page holds an invite token: it is told to nobody by a referrer.
 */
const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'x-frame-options': 'DENY',
  'cache-control': 'no-cache',
} as const

/** Addresses of the pages and the document that shows each. What comes after is for its script to read. */
const PAGES: readonly (readonly [address: string, document: string])[] = [
  ['/', 'index.html'],
  ['/sign-in', 'index.html'],
  ['/organizations/*', 'index.html'],
  // Whatever became of the link on its way: the page says in words that it leads nowhere.
  ['/connect', 'connect.html'],
  ['/connect/*', 'connect.html'],
]

/** Serves the dashboard and the onboarding page, where they have been built. */
export async function servePages(app: FastifyInstance, { pagesDir }: Pick<ApiServices, 'pagesDir'>): Promise<void> {
  if (pagesDir === null || !existsSync(path.join(pagesDir, 'index.html'))) return
  await app.register(files, {
    root: path.join(pagesDir, 'assets'),
    prefix: '/assets/',
    // Their names hold a digest of what is in them.
    immutable: true,
    maxAge: '365d',
    index: false,
    list: false,
  })
  for (const [address, document] of PAGES)
    app.get(address, async (_request, reply) => reply.headers(PAGE_HEADERS).sendFile(document, pagesDir, NOT_KEPT))
}

/** The documents name the files of the moment, so a browser asks for them each time. */
const NOT_KEPT = { cacheControl: false, immutable: false, maxAge: 0 } as const
