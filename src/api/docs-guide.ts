/** A part of the reference that belongs to no single operation. */
export interface GuideSection {
  readonly id: string
  readonly title: string
  readonly markdown: string
}

/** What one must know to use the API well, in the order in which one needs it. */
export const GUIDE: readonly GuideSection[] = [
  {
    id: 'authentication',
    title: 'Authentication',
    markdown: `Send an API key as \`X-API-KEY\`. The first key is printed once, when the server starts for the first time; \`rollcall keys create\` makes more. A key belongs to one environment and sees the organizations of that environment only. A key with \`read_only\` access is refused wherever something changes.

Identity data belongs to a connection: send its id as \`X-CONNECTION-ID\` beside the key.

In a browser of your customer, an invite token as \`X-CONNECTION-INVITE-TOKEN\` takes the place of a key. It makes or updates one connection, once, and runs out.`,
  },
  {
    id: 'paging',
    title: 'Paging',
    markdown: `Lists answer by offset unless told otherwise: \`limit\` (100, at most 1,000) and \`offset\`, answered with \`count\`, \`items\` and \`total\`. \`excludeTotal=true\` saves the counting.

To read a whole list of identity data, page by cursor: send \`enableCursor=true\` once, then \`cursor\` with the \`next_cursor\` of each answer until it is null. Such a walk shows no record twice and loses none, whatever changes meanwhile. A cursor carries the filters that it was made with, so that nothing else need be sent with it, and belongs to one list of one connection.`,
  },
  {
    id: 'what-changed',
    title: 'What changed since',
    markdown: `\`updatedSince\` lists what changed here at or after a time: in the record itself or in its relations, what has vanished from Okta included, marked \`is_deleted\`. It compares with the time at which Rollcall noticed, not with Okta's own: Okta's would miss deletions and memberships.

A change is stamped a moment before it can be read. Remember when you began your last walk, and ask with a minute of overlap.`,
  },
  {
    id: 'freshness',
    title: 'Fresh and complete',
    markdown: `An empty list can mean "there are none" or "they could not be read". Every answer with identity data says which, in its headers:

- \`X-Rollcall-Outcome\`: how the last read ended. \`complete\`, \`not_permitted\`, \`not_available\`, \`partial\` or \`failed\`; \`never\` before the first. Only \`complete\` means that what is not here is not in Okta.
- \`X-Rollcall-Last-Complete-At\`: when all of it was last read completely. Absent while it never was.`,
  },
  {
    id: 'errors',
    title: 'Errors',
    markdown: `A failed answer has \`detail\`, \`code\` and \`request_id\`. Branch on \`code\`, show \`detail\`, and quote \`request_id\` to whoever runs the server: the log names the request by it. It is in the header \`X-Request-Id\` of every answer, too; send your own under that name to have it taken over.

With status 422, \`detail\` is a list of mistakes, each with its place (\`loc\`), words (\`msg\`) and kind (\`type\`). With 429, wait as many seconds as \`Retry-After\` says.`,
  },
  {
    id: 'health',
    title: 'Is it running?',
    markdown: `These are outside of \`/v1\`, and need no key:

- \`GET /healthz\`: the process is alive.
- \`GET /readyz\`: it can serve; the database answers. 503 while it does not.
- \`GET /metrics\`: numbers for Prometheus. It answers this machine only, or whoever sends \`ROLLCALL_METRICS_TOKEN\` as a bearer token.
- \`GET /openapi.json\`: this reference for machines, in OpenAPI 3.1.`,
  },
  {
    id: 'client',
    title: 'Typed client',
    markdown: `For TypeScript and JavaScript, \`rollcall/client\` is made from the same document. \`createRollcall({ baseUrl, apiKey, connectionId })\` gives typed calls, and \`pages(client, '/idp/users')\` walks a list to its end.`,
  },
]
