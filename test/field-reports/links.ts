import type { Fault, SimCall } from '../../sim/index.ts'

/** A fault that rewrites the next link of a listing and leaves the others as they are. */
export const nextLink = (match: string | RegExp, rewrite: (url: URL, call: SimCall) => string): Fault => ({
  match,
  links: (links, call) =>
    links.map((link) =>
      typeof link === 'string' || link.rel !== 'next' ? link : { ...link, url: rewrite(new URL(link.url), call) },
    ),
})

/** The same where a listing pages through its body. */
export const nextInBody = (match: string | RegExp, rewrite: (url: URL, call: SimCall) => string): Fault => ({
  match,
  transform: (body, call) => {
    const next = (body as { _links?: { next?: { href?: string } } } | null)?._links?.next
    if (!next?.href) return body
    return { ...(body as object), _links: { next: { href: rewrite(new URL(next.href), call) } } }
  },
})

/** A fault that lets the server cut pages as it likes, whatever size was asked for. */
export const cutPages = (match: string | RegExp, size: number): Fault => ({
  match,
  onHit: ({ query }) => query.set('limit', String(size)),
})
