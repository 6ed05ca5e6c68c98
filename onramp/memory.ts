import type { Estimate } from './answers.ts'
import type { FoundOrg } from './flow/state.ts'

/** What a reload of the page must not lose. Never the Okta API token: that is to be entered again. */
export interface Memory {
  /** The domain as it was typed. */
  readonly domain?: string
  /** The org that was found there. */
  readonly org?: FoundOrg
  /** The connection that the invite was used for. */
  readonly connectionId?: string
  readonly estimate?: Estimate
}

const keyOf = (inviteId: string): string => `rollcall-onramp:${inviteId}`

/** What this tab remembers of an invite. */
export function recall(inviteId: string): Memory {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(inviteId)) ?? '{}') as Memory
  } catch {
    // A browser may forbid storage: then a reload starts anew.
    return {}
  }
}

/** Adds to what this tab remembers of an invite. */
export function remember(inviteId: string, part: Memory): void {
  try {
    sessionStorage.setItem(keyOf(inviteId), JSON.stringify({ ...recall(inviteId), ...part }))
  } catch {
    // As above.
  }
}
