import { createRollcall, dataOf } from '../src/client/index.ts'
import { readEvents } from '../ui/event-stream.ts'
import type {
  CheckRow,
  Connection,
  ConnectionTest,
  DomainAnswer,
  Estimate,
  GivenCredentials,
  Invite,
  Progress,
} from './answers.ts'
import { LineBroken, ToldFailure } from './trouble.ts'

/** A person waits in front of it: better to say so soon than to go on trying in silence. */
const PATIENCE = { retries: 2, longestWaitSecs: 5 }

/** The calls that an invite token opens. Each can be aborted. */
export type OnrampServer = ReturnType<typeof openServer>

/** @param baseUrl where the server is, such as `https://rollcall.example.com` */
export function openServer({
  baseUrl,
  token,
  organizationId,
}: {
  readonly baseUrl: string
  readonly token: string
  readonly organizationId: string
}) {
  const client = createRollcall({ baseUrl, inviteToken: token, patience: PATIENCE })
  const params = { path: { organization_id: organizationId } }
  const connections = `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1/provisioning/organizations/${encodeURIComponent(organizationId)}/connections`
  const headers = { 'X-CONNECTION-INVITE-TOKEN': token }

  return {
    /** What the link is for. @throws RollcallError `invite_token_invalid` when it was used or ran out */
    invite: (signal: AbortSignal): Promise<Invite> =>
      dataOf(
        client.POST('/provisioning/organizations/{organization_id}/connection-invite-token/validate', {
          params,
          body: { token },
          signal,
        }),
      ),

    /** A domain cleaned; `ask` also asks whether an Okta org answers there. */
    domain: (domain: string, { ask, signal }: { ask: boolean; signal: AbortSignal }): Promise<DomainAnswer> =>
      dataOf(
        client.POST('/provisioning/organizations/{organization_id}/connections/domain', {
          params,
          body: { domain, ask },
          signal,
        }),
      ),

    /** The check of credentials, each row as it is found. */
    async check(
      credentials: GivenCredentials,
      { signal, onRow }: { signal: AbortSignal; onRow(row: CheckRow): void },
    ): Promise<ConnectionTest> {
      let result: ConnectionTest | null = null
      await readEvents({
        url: `${connections}/test`,
        method: 'POST',
        headers,
        body: { credentials },
        signal,
        onEvent({ event, data }) {
          if (event === 'row') onRow(data as CheckRow)
          if (event === 'result') result = data as ConnectionTest
          if (event === 'error') throw new ToldFailure(data)
        },
      })
      if (!result) throw new LineBroken()
      return result
    },

    /** What the first sync will take. */
    estimate: (credentials: GivenCredentials, signal: AbortSignal): Promise<Estimate> =>
      dataOf(
        client.POST('/provisioning/organizations/{organization_id}/connections/estimate', {
          params,
          body: { credentials: { ...credentials } },
          signal,
        }),
      ),

    /** Makes the connection, or gives `connectionId` new credentials. Either uses the link up. */
    async connect(
      credentials: GivenCredentials,
      { vendor, connectionId, signal }: { vendor: string; connectionId: string | null; signal: AbortSignal },
    ): ReturnType<typeof made> {
      const body = { credentials: { ...credentials } }
      if (connectionId === null)
        return made(
          await client.POST('/provisioning/organizations/{organization_id}/connections', {
            params,
            body: { vendor, ...body },
            signal,
          }),
        )
      return made(
        await client.PATCH('/provisioning/organizations/{organization_id}/connections/{connection_id}', {
          params: { path: { ...params.path, connection_id: connectionId } },
          body,
          signal,
        }),
      )
    },

    /** Tells how the connection's sync goes on, until it has ended or the line breaks. */
    follow: (
      connectionId: string,
      { signal, onProgress }: { signal: AbortSignal; onProgress(progress: Progress): void },
    ): Promise<void> =>
      readEvents({
        url: `${connections}/${encodeURIComponent(connectionId)}/progress`,
        headers,
        signal,
        onEvent: ({ event, data }) => {
          if (event === 'progress') onProgress(data as Progress)
          if (event === 'error') throw new ToldFailure(data)
        },
      }),
  }
}

type Answer = { data?: Omit<Connection, 'api_credentials'>; error?: unknown; response: Response }

async function made(answer: Answer): Promise<{ readonly connection: Connection; readonly httpStatus: number }> {
  // The client's types leave out what is always null; the answer has it.
  const connection = (await dataOf(Promise.resolve(answer))) as Connection
  return { connection, httpStatus: answer.response.status }
}
