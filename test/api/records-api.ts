import { createApp } from '../../src/api/app.ts'
import { openProvisioned } from './provisioned.ts'

export interface ListAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: Record<string, unknown> & {
    readonly items: Record<string, unknown>[]
    readonly count?: number
    readonly total?: number | null
    readonly next_cursor?: string | null
    readonly previous_cursor?: string | null
    readonly code?: string
    readonly detail?: unknown
  }
}

/** The API over the simulated org's own connection, which tests sync and change. */
export async function openRecordsApi() {
  const provisioned = await openProvisioned({ users: 40 })
  const { org, services, key } = provisioned
  const app = await createApp(services)
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const connection = await org.connection()
  const organization = await provisioned.organization()
  const organizationId = organization.split('/').at(-1)
  await org.db.query('update connections set organization_id = $2 where id = $1', [connection.id, organizationId])
  const get = async (path: string, connectionId = connection.id): Promise<ListAnswer> => {
    const response = await fetch(`${origin}/v1/idp/${path}`, {
      headers: { 'x-api-key': key, 'x-connection-id': connectionId },
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
  }
  return {
    ...provisioned,
    connectionId: connection.id,
    get,
    /** Ids of a list from its beginning to its end by cursors, page by page. */
    walk: async (list: string, limit: number, between?: (page: number) => Promise<void>) => {
      const pages: ListAnswer['body'][] = []
      const separator = list.includes('?') ? '&' : '?'
      let answer = await get(`${list}${separator}enableCursor=true&limit=${limit}`)
      for (;;) {
        if (answer.status !== 200) throw new Error(answer.text)
        pages.push(answer.body)
        if (!answer.body.next_cursor) return pages
        await between?.(pages.length)
        answer = await get(`${list.split('?')[0]}?limit=${limit}&cursor=${answer.body.next_cursor}`)
      }
    },
    close: async () => {
      await app.close()
      await provisioned.close()
    },
  }
}
