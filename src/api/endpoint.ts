import type { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import type { ApiKey } from '../store/api-keys.ts'
import type { Connection } from '../store/connections.ts'
import type { InviteToken } from '../store/invite-tokens.ts'
import type { Organization } from '../store/organizations.ts'
import type { Session } from '../store/sessions.ts'
import type { ApiServices } from './services.ts'

/** Who made a request, as the audit log names them. */
export type Actor =
  /** With a session where a browser's cookie stands for the key. */
  | { readonly type: 'api_key'; readonly key: ApiKey; readonly session: Session | null }
  | { readonly type: 'invite_token'; readonly invite: InviteToken }

/**
 * What a caller must show, and what is therefore there when the handler runs.
 *
 * - `open`: nothing.
 * - `key`: an API key (`X-API-KEY`), or the cookie of a session that stands for one.
 * - `connection`: a key, and in `X-CONNECTION-ID` a connection of the key's environment.
 * - `organization`: a key, and in the path an organization of the key's environment.
 * - `invite`: as `organization`, or an invite token of that organization (`X-CONNECTION-INVITE-TOKEN`) in place of a key.
 */
export interface Contexts {
  open: object
  key: { readonly key: ApiKey; readonly actor: Actor; readonly session: Session | null }
  connection: { readonly key: ApiKey; readonly actor: Actor; readonly connection: Connection }
  organization: { readonly key: ApiKey; readonly actor: Actor; readonly organization: Organization }
  invite: { readonly actor: Actor; readonly organization: Organization }
}
export type Access = keyof Contexts

/** One request, its parts checked. */
export interface Call<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly services: ApiServices
  /** `X-Request-Id` of the answer. */
  readonly requestId: string
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal
  /** Sets a header of the answer; a null value leaves it out. */
  setHeader(name: string, value: string | null): void
}

interface Spec<A extends Access, Params, Query, Body, Result> {
  readonly method: 'get' | 'post' | 'patch' | 'delete'
  /** As OpenAPI writes it: `/v1/idp/users/{user_id}`. */
  readonly path: string
  /** The name of the operation in the OpenAPI document and in the client: `list_idp_users`. */
  readonly operationId: string
  /** The part of the reference it stands in. */
  readonly tag: Tag
  /** What it does, in a few words. */
  readonly summary: string
  /** What one must know to use it well, in Markdown. */
  readonly description?: string
  readonly access: A
  /** Changes something: keys that may only read are refused. */
  readonly writes?: boolean
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  readonly body?: z.ZodType<Body>
  /** What an answer of 200 has. Properties that it lacks never go out. */
  readonly response: z.ZodType<Result>
  /** Headers of a 200 answer: name and sentence. */
  readonly headers?: Readonly<Record<string, string>>
  /** What can go wrong beyond what every endpoint of its `access` has. */
  readonly errors?: readonly ErrorCode[]
  handle(call: Call<Params, Query, Body> & Contexts[A]): Promise<Result>
  /** For callers who accept `text/event-stream`: the same as events, one by one. */
  readonly events?: Events<Call<Params, Query, Body> & Contexts[A]>
}

/** What an operation tells while it goes on, as server-sent events. */
export interface Events<Context> {
  /** What each event carries, by its name; `error` is there of itself. */
  readonly schemas: Readonly<Record<string, z.ZodType>>
  /** In words, for the reference. */
  readonly description: string
  /** Ends when there is nothing more to tell; `call.signal` is aborted as well when the server stops. */
  stream(call: Context, send: (event: string, data: unknown) => void): Promise<void>
}

/** An operation with its types forgotten: what the server and the OpenAPI document loop over. */
export interface Endpoint extends Omit<Spec<Access, unknown, unknown, unknown, unknown>, 'handle' | 'events'> {
  handle(call: AnyCall): Promise<unknown>
  readonly events?: Events<AnyCall>
}

/** A checked request of any operation. */
export type AnyCall = Call<unknown, unknown, unknown> & Contexts[Access]

export const TAGS = {
  session: 'Signing in to the dashboard.',
  idp: 'Identity data of one connection.',
  configuration: 'The administrators of the connected product itself.',
  provisioning: 'Organizations and their connections.',
  jobs: 'Syncs: what ran, what runs, and how far it is.',
  onramp: 'Invite tokens, with which a customer connects without an API key.',
  webhooks: 'Who is told what happens, as soon as it does.',
  event_hooks: 'Changes that the identity provider pushes, so that they are read within seconds.',
  connectors: 'What can be connected.',
  audit: 'Who did what.',
} as const
export type Tag = keyof typeof TAGS

/**
 * Declares one operation: it is served, checked, documented and typed from this object alone. The schemas decide the
 * handler's types.
 */
export function endpoint<A extends Access, Result, Params = object, Query = object, Body = undefined>(
  spec: Spec<A, Params, Query, Body, Result>,
): Endpoint {
  // The server calls `handle` only with what this spec's own schemas have let through.
  return spec as unknown as Endpoint
}

/** What every endpoint of an access can answer, beside its own errors. */
export const ACCESS_ERRORS: Readonly<Record<Access, readonly ErrorCode[]>> = {
  open: [],
  key: ['api_key_invalid'],
  connection: ['api_key_invalid', 'connection_not_found'],
  organization: ['api_key_invalid', 'organization_invalid', 'organization_not_found'],
  invite: ['api_key_invalid', 'organization_invalid', 'organization_not_found', 'invite_token_invalid'],
}
/** What every endpoint can answer. */
export const COMMON_ERRORS: readonly ErrorCode[] = ['invalid_request', 'too_many_requests', 'internal_error']
