/** Requests that reading a stream takes of one of the vendor's rate limits. */
export interface PlannedRequests {
  readonly stream: string
  readonly bucket: string
  readonly requests: number
}

/** What of an org is kept, by what a listing says of its groups and users. */
export interface Kept {
  /** Whether that is all of it. */
  readonly isEverything: boolean
  group(group: { readonly vendor_id: string; readonly name: string | null; readonly types: readonly string[] }): boolean
  user(user: { readonly email: string | null; readonly username: string | null }): boolean
}

/** What a first sync will take, counted as cheaply as that can be done. */
export interface Estimate {
  readonly planned: readonly PlannedRequests[]
  /** The org is too large to be counted cheaply: it takes this much, and more. */
  readonly at_least: boolean
  /** Null where they may not be read. */
  readonly counts: {
    readonly users: number | null
    readonly groups: number | null
    readonly applications: number | null
  }
}
