import type { AppError, ErrorCode } from '../errors.ts'
import type { BaseRow, Entity, NewRow } from '../model/entity.ts'
import type { JsonObject } from '../model/fields.ts'
import type { SignIn } from '../sign-in.ts'
import type { EventHookDescription } from './event-hook.ts'
import type { Target } from './target.ts'

export type { Estimate, Kept, PlannedRequests } from './estimate.ts'
export type { EventHookDescription, ToldEvent } from './event-hook.ts'
export type { Listing, Target } from './target.ts'

/**
 * The contract between the sync engine and the code that knows one IdP. The engine owns every loop: it pages, waits,
 * saves and stops. A stream answers one page per call and remembers nothing in between.
 */
export interface Connector<Client> {
  /** The vendor name on the wire: `OKTA_IDP`. */
  readonly vendor: string
  /** Every stream, parents before their children. */
  readonly streams: readonly Stream<Client>[]
  /** Listings that only targets name: they read from another side what a stream reads too (`refetch.storedAs`). */
  readonly sideways: readonly Stream<Client>[]
  /** What has to be read again because of a log event, as received. Never throws: an unknown or odd one says nothing. */
  targetsOf(event: unknown): readonly Target[]
}

/** What the API and the onboarding page need to know of a connector: no client, no network. */
export interface ConnectorDescription {
  readonly vendor: string
  /** As people know it: `Okta`. */
  readonly vendorName: string
  readonly category: 'IDP'
  /** JSON Schema and layout of the form that asks for its credentials. */
  readonly dataSchema: JsonObject
  readonly uiSchema: JsonObject
  /** Where the IdP's own documentation says how to make them. */
  readonly docsUrl: string
  /** Its logo as an SVG document. */
  readonly logo: string
  /** What it reads, in order. */
  readonly resources: readonly ResourceDescription[]
  /**
   * Credentials out of what a caller sent, cleaned. Asks nobody.
   * @throws AppError of which `details.field` names the property that is wrong
   */
  parseCredentials(given: Readonly<Record<string, unknown>>): Credentials
  /**
   * An address as people paste it, cleaned. Asks nobody.
   * @throws AppError `domain_invalid` or `domain_refused`
   */
  parseDomain(text: string): Address
  /** Where an admin of this org makes an API token, as a link; null where that cannot be told from its addresses. */
  tokenPage(address: Pick<Address, 'origin'>, org: Pick<FoundOrg, 'alternates'>): string | null
  /** How it pushes what happens. */
  readonly eventHook: EventHookDescription
}

/** Where an org is. */
export interface Address {
  readonly origin: string
  /** What was changed on the way and the person should know, as sentences. */
  readonly notes: readonly string[]
}

/** The org that answers at an address, as far as it tells strangers. */
export interface FoundOrg {
  readonly id: string
  /** `idx` Identity Engine, `v1` Classic Engine, null unknown. */
  readonly engine: 'idx' | 'v1' | null
  /** Other origins of the same org. */
  readonly alternates: readonly string[]
}

export interface ResourceDescription {
  /** Name of the stream: `application_users`. */
  readonly name: string
  /** The entity its records are: `application-assignment`. */
  readonly entity: string
  /** The API it is read from, as the IdP documents it: `GET /api/v1/apps/{appId}/users`. */
  readonly endpoint: string
  readonly scopes: readonly string[]
}

export type Credentials = Address & SignIn

/** The check of credentials: is this an org, does the token work, whose is it, and what may it read. */
export interface Check {
  readonly origin: string
  readonly org: { readonly id: string; readonly name: string | null; readonly engine: 'idx' | 'v1' | null }
  /** The user who made the token; null where the IdP does not tell, and of a service app, behind which nobody stands. */
  readonly owner: { readonly id: string; readonly login: string | null } | null
  readonly rows: readonly CheckRow[]
  /** `incomplete`: a sync works, and some resources will be missing. `unusable`: it would read nothing, or nobody. */
  readonly verdict: 'ok' | 'incomplete' | 'unusable'
  readonly notes: readonly string[]
}

export interface CheckRow {
  /** The IdP's name of the API: `List Users`. */
  readonly family: string
  /** The resource of Rollcall that is read with it. */
  readonly resource: string
  readonly scope: string
  readonly outcome: 'ok' | 'not_permitted' | 'not_available' | 'failed'
  readonly detail: string
  readonly code: ErrorCode | null
  readonly remedy: string | null
  /** The IdP's HTTP status and error code, where it refused. */
  readonly status: number | null
  readonly error_code: string | null
}

/** One page of a listing, as received. */
export interface Page {
  readonly items: readonly unknown[]
  /** Where the next page is: opaque to the engine, stored in checkpoints. Null at the end of the listing. */
  readonly next: string | null
  /** The listing goes on, but where to cannot be believed: the items are good, the listing is not complete. */
  readonly cutOff?: AppError
  /** For a log that never ends: where to go on next time, although this listing is over. */
  readonly resumeFrom?: string | null
}

export interface PageRequest<Client> {
  readonly client: Client
  readonly cursor: string | null
  /** The parent this listing belongs to, for a stream that is listed once per parent. */
  readonly parent: ParentRef
  readonly settings: StreamSettings
}

/** What a person may set about a listing. */
export interface StreamSettings {
  /** Rows asked per page; bounded by the stream's own maximum. */
  readonly pageSize?: number
  /** How many days back to read a log at first. */
  readonly logDays: number
  /** Now, in milliseconds, by the engine's clock. */
  readonly now: number
}

/** One parent of a child listing. `row` is its stored row where the parents are stored records. */
export interface ParentRef {
  readonly key: string
  readonly row: Readonly<Record<string, unknown>>
}

/** Where a stream's parents come from. */
export type Parents<Client> =
  /**
   * stored records of another stream, those that `needs` says yes to. `column` of this stream's entity holds our id of
   * the parent. `verifyEmpty`: `needs` rests on counts that may lag, so a parent it says no to is asked all the same
   * while records of it are stored: nothing is deleted on a count's word.
   */
  | {
      readonly from: 'stream'
      readonly stream: string
      readonly column: string
      readonly verifyEmpty?: boolean
      needs(row: Readonly<Record<string, unknown>>): boolean
    }
  /** a listing of its own, such as the holders of admin roles; `keyOf` reads the parent's id out of an item */
  | {
      readonly from: 'listing'
      /** The rate limit that it draws on. */
      readonly bucket: string
      page(request: PageRequest<Client>): Promise<Page>
      keyOf(item: unknown): string | null
    }
  /** a fixed list, such as the policy types of the org's engine; `column` of the entity holds the key */
  | { readonly from: 'keys'; readonly column: string; keys(facts: OrgFacts): readonly string[] }

export interface OrgFacts {
  /** `idx` Identity Engine, `v1` Classic, null unknown. */
  readonly engine: 'idx' | 'v1' | null
}

/** Where a record comes from; `normalize` derives our ids of other records with it. */
export interface Origin {
  readonly connectionId: string
  readonly parent: ParentRef
}

export interface Stream<Client, Row extends BaseRow = BaseRow> {
  /** snake_case plural: `application_users`. The name of the resource in jobs, answers and settings. */
  readonly name: string
  readonly entity: Entity<Row>
  /** Okta scopes that reading this needs. */
  readonly scopes: readonly string[]
  /** The rate limit that its pages draw on. */
  readonly bucket: string
  /** The rate limit that `get` draws on, where that is another. */
  readonly recordBucket?: string
  readonly parents?: Parents<Client>
  /** Reads that wait for all others where they share a rate limit: factors, one request per user. */
  readonly background?: boolean
  /** An empty answer to the whole listing is a fault, not a fact: an org always has the user who made the token. */
  readonly neverEmpty?: boolean
  readonly pageSize?: { readonly default: number; readonly max: number }
  page(request: PageRequest<Client>): Promise<Page>
  /**
   * One received item as a row, tolerant of everything but a missing id.
   * @throws a ZodError or Error when it cannot be a record; the engine keeps the item in `rejected_records`.
   */
  normalize(item: unknown, origin: Origin): NewRow<Row>
  /** The item as it may be stored: secrets stripped. Default: as received. */
  sanitize?(item: unknown): unknown
  /** Re-reads one record by the vendor's id of its row. Resolves to null when it is gone. */
  get?(request: { client: Client; vendorId: string }): Promise<unknown | null>
  /** The key of the parent whose listing has the record, for `normalize` of what `get` read. Default: none, `''`. */
  ownerOf?(vendorId: string): string
  /** How to list what changed since a time. */
  readonly since?: Since<Client, Row>
  /** How to list one parent again. Its parent is read first where both are named: `normalize` may use the parent's row. */
  readonly refetch?: Refetch
  /** What else has to be read again when a record turns out to be other than it was; `before` is null for a new one. */
  follows?(before: NewRow<Row> | null, after: NewRow<Row>): readonly Target[]
  /** Columns with ids of another stream's records, to that stream: where one is gone, rows go along, or are read again. */
  readonly goesWith?: Readonly<Record<string, string>>
  readonly changesWith?: Readonly<Record<string, string>>
  /**
   * Whether a parent that answered "not found" really has nothing to list: the parent is gone, or in a state without
   * children. Costs one request. Default: ask `get` of the parent's stream, gone means yes.
   */
  parentGone?(request: { client: Client; parent: ParentRef }): Promise<boolean>
}

export interface Since<Client, Row extends BaseRow = BaseRow> {
  /** What changed after `since` (ISO 8601), in no order; the last seconds may be missing. Deletions never show. */
  page(request: PageRequest<Client> & { readonly since: string }): Promise<Page>
  /** The latest of the row's own times of change, ISO 8601; null where it has none. */
  markOf(row: NewRow<Row>): string | null
}

export interface Refetch {
  /** The stream whose rows the items become; another one's where this listing is sideways. */
  readonly storedAs: string
  /** The stream that the parents are records of; null where they are no records, such as policy types. */
  readonly parents: string | null
  /** Column of those rows that names the parent. */
  readonly column: string
  /** What that column holds for the parent of this key. */
  parentId(connectionId: string, key: string): string
  /** When the vendor last changed the listing of a parent, by the parent's row; null where it does not say. */
  movedAt?(parent: Readonly<Record<string, unknown>>): string | null
}

/** Checks a stream's types where it is written and lets it stand in a list of streams. */
export function stream<Client, Row extends BaseRow>(spec: Stream<Client, Row>): Stream<Client> {
  // A Stream of one row type is used by the engine only through its own entity, so the row type may be forgotten.
  return spec as unknown as Stream<Client>
}

/** Who asks, for pacing and accounting: the engine opens one client per step. */
export interface RequestScope {
  readonly resource: string
  readonly background: boolean
  readonly signal: AbortSignal
  /** Called once for each HTTP answer or network failure. */
  onRequest(event: RequestEvent): void
}

export interface RequestEvent {
  readonly bucket: string
  /** HTTP status, or null when no answer came. */
  readonly status: number | null
  /** A 429 of either kind. */
  readonly rateLimited: boolean
}

/** What is known of one rate-limit bucket. */
export interface BucketStatus {
  readonly bucket: string
  /** Requests per window that Okta grants this token; null before the first answer. */
  readonly limit: number | null
  readonly remaining: number | null
  /** Milliseconds until the window ends. */
  readonly resetsInMs: number | null
  /** Requests per minute Rollcall allows itself: the granted limit times its share. */
  readonly perMinute: number | null
}

/** One open connection to an IdP: its rate limits are shared by every client made from it. */
export interface Session<Client> {
  /** Part of each rate limit that it uses, above 0 up to 1. */
  readonly share: number
  client(scope: RequestScope): Client
  buckets(): readonly BucketStatus[]
  close(): Promise<void>
}
