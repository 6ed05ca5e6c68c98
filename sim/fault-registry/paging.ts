import type { Fault } from '../fault.ts'
import type { NamedFault } from '../faults.ts'
import { errorBody, type LinkLine } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'

const USERS = 'GET /api/v1/users'

/** Rewrites the next link and leaves the others. */
function nextLink(match: string | RegExp, rewrite: (url: URL, call: SimCall) => string): Fault {
  const change = (line: LinkLine, call: SimCall): LinkLine =>
    typeof line === 'string' || line.rel !== 'next' ? line : { ...line, url: rewrite(new URL(line.url), call) }
  return { match, links: (links, call) => links.map((line) => change(line, call)) }
}

const onHost = (origin: string) => (url: URL) => `${origin}${url.pathname}${url.search}`

/** Rewrites `_links.next.href` of the listings that page through their body. */
function bodyNext(rewrite: (url: URL, call: SimCall) => string): Fault {
  return {
    match: /^GET \/api\/v1\/iam\//,
    transform: (body, call) => {
      const next = (body as { _links?: { next?: { href?: string } } } | null)?._links?.next
      if (!next?.href) return body
      return { ...(body as object), _links: { next: { href: rewrite(new URL(next.href), call) } } }
    },
  }
}

const lines = (links: LinkLine[]) =>
  links.map((line) => (typeof line === 'string' ? line : `<${line.url}>; rel="${line.rel}"`))

/** The place in a listing that a cursor of the simulator stands for. */
function placeOf(call: SimCall): number {
  const text = Buffer.from((call.query.get('after') ?? '').split('+')[0] ?? '', 'base64url').toString()
  return Number(text.split(':').at(-1) || -1)
}

export const PAGING_FAULTS: Record<string, NamedFault> = {
  'next-link-evil-host': {
    describe: 'Next links of users point to https://evil.example: whoever follows hands the token over.',
    make: () => [nextLink(USERS, onHost('https://evil.example'))],
  },
  'next-link-http': {
    describe: 'Next links of users point to plain http on a link-local address.',
    make: () => [nextLink(USERS, onHost('http://169.254.169.254'))],
  },
  'next-link-other-port': {
    describe: 'Next links of users point to another port of the same host.',
    make: () => [nextLink(USERS, (url) => `${url.protocol}//${url.hostname}:8443${url.pathname}${url.search}`)],
  },
  'next-link-other-path': {
    describe: 'Next links of users point to another listing of the same host.',
    make: () => [nextLink(USERS, (url) => `${url.origin}/api/v1/logs?limit=1000`)],
  },
  'next-link-user-info': {
    describe: 'Next links of users hide another host behind the right one: http://host@evil.example.',
    make: () => [nextLink(USERS, (url) => `http://${url.hostname}@evil.example${url.pathname}${url.search}`)],
  },
  'next-link-admin-host': {
    describe: "Next links of groups name the org's host in another form than the one asked.",
    make: (org) => [nextLink('GET /api/v1/groups', onHost(`https://${org.world.subdomain}.okta.com`))],
  },
  'next-link-relative': {
    describe: 'Next links of groups are relative: only path and query.',
    make: () => [nextLink('GET /api/v1/groups', onHost(''))],
  },
  'next-link-loop': {
    describe: 'The next link of the second page of users is that page itself.',
    make: () => [
      { ...nextLink(USERS, (url, call) => url.origin + call.path), where: (call) => call.query.has('after') },
    ],
  },
  'next-link-cycle': {
    describe: 'The third page of users links back to the second.',
    make: () => {
      const seen: string[] = []
      const rewrite = (url: URL) => {
        seen.push(url.href)
        return seen.length >= 3 ? (seen[0] ?? url.href) : url.href
      }
      return [nextLink(USERS, rewrite)]
    },
  },
  'next-link-forgets-parameters': {
    describe: 'Next links forget every parameter but the cursor: no limit, no expand, no search.',
    make: () => [
      nextLink(
        /^GET \/api\/v1\//,
        (url) => `${url.origin}${url.pathname}?after=${encodeURIComponent(url.searchParams.get('after') ?? '')}`,
      ),
    ],
  },
  'iam-next-http': {
    describe: 'The next link in the body of /iam listings says http, whatever the connection is.',
    make: () => [bodyNext((url) => `http://${url.host}${url.pathname}${url.search}`)],
  },
  'iam-next-admin-host': {
    describe: 'The next link in the body of /iam listings is on the admin console host.',
    make: (org) => [bodyNext(onHost(`https://${org.world.subdomain}-admin.okta.com`))],
  },
  'iam-next-evil-host': {
    describe: 'The next link in the body of /iam listings points to https://evil.example.',
    make: () => [bodyNext(onHost('https://evil.example'))],
  },
  'links-comma-joined': {
    describe: 'A proxy folds the two Link headers into one line.',
    make: () => [{ match: '*', links: (links) => (links.length > 0 ? [lines(links).join(', ')] : []) }],
  },
  'links-reversed': {
    describe: 'The next link comes before the self link.',
    make: () => [{ match: '*', links: (links) => [...links].reverse() }],
  },
  'links-odd-case': {
    describe: 'Link headers come as LINK, with Rel=next unquoted and extra parameters.',
    make: () => [
      {
        match: '*',
        links: (links) =>
          links.map((line) =>
            typeof line === 'string' ? line : `LINK: <${line.url}>;title="a, b; c"; Rel=${line.rel}`,
          ),
      },
    ],
  },
  'links-missing': {
    describe: 'No Link headers at all: every listing seems to have one page.',
    make: () => [{ match: '*', links: () => [] }],
  },
  'empty-last-page': {
    describe: 'Groups, users and policies end with a next link to one more page that is empty.',
    make: () => {
      const listing = /^GET \/api\/v1\/(users|groups|policies)(\?|$)/
      const isEnd = (call: SimCall) => call.query.get('after') === 'RU5E'
      const add = (links: LinkLine[], call: SimCall): LinkLine[] => {
        if (links.some((line) => typeof line !== 'string' && line.rel === 'next')) return links
        const query = new URLSearchParams(call.query)
        query.set('after', 'RU5E')
        return [...links, { url: `${call.origin}${call.path.split('?')[0]}?${query}`, rel: 'next' }]
      }
      return [
        { match: listing, where: isEnd, status: 200, body: [] },
        { match: listing, where: (call) => !isEnd(call), links: add },
      ]
    },
  },
  'short-pages': {
    describe: 'Listings answer with a third of the items asked for, and go on.',
    make: () => [
      {
        match: /^GET \/api\/v1\/(users|groups|apps)/,
        where: ({ query }) => query.has('limit'),
        onHit: ({ query }) => query.set('limit', String(Math.max(1, Math.floor(Number(query.get('limit')) / 3)))),
      },
    ],
  },
  'overlapping-pages': {
    describe: 'Every page of users begins with the last user of the page before.',
    make: () => {
      let last: unknown
      return [
        {
          match: USERS,
          transform: (body, call) => {
            if (!Array.isArray(body)) return body
            const before = call.query.has('after') && last !== undefined ? [last] : []
            last = body.at(-1)
            return [...before, ...body]
          },
        },
      ]
    },
  },
  'last-page-500': {
    describe: 'The last page of groups always gets a 500.',
    make: (org) => [
      {
        match: 'GET /api/v1/groups',
        where: (call) => placeOf(call) + Number(call.query.get('limit') ?? 200) >= org.state.groups.table.end - 1,
        status: 500,
      },
    ],
  },
  'cursor-expired': {
    describe: 'The third page of users is refused once: invalid cursor.',
    make: () => [
      {
        match: USERS,
        where: ({ query }) => query.has('after'),
        skip: 1,
        times: 1,
        status: 400,
        body: errorBody('E0000031', '', ['Invalid cursor.']),
      },
    ],
  },
  'cursor-expired-always': {
    describe: 'Every page of groups but the first is refused: invalid cursor.',
    make: () => [
      {
        match: 'GET /api/v1/groups',
        where: ({ query }) => query.has('after'),
        status: 400,
        body: errorBody('E0000031', '', ['Invalid cursor.']),
      },
    ],
  },
}
