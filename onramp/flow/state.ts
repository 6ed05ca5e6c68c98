import type { DomainAnswer, Estimate, Invite } from '../answers.ts'
import type { Memory } from '../memory.ts'
import type { Trouble } from '../trouble.ts'

/** The org that answers at a domain. */
export interface FoundOrg {
  readonly origin: string
  readonly host: string
  readonly engine: 'idx' | 'v1' | null
  readonly notes: readonly string[]
  readonly tokenPageUrl: string | null
}

export const STEPS = ['domain', 'token', 'check', 'sync'] as const
export type Step = (typeof STEPS)[number]

/** Where the person is. `refused`: the link is of no use; `unanswered`: the server could not say what it is for. */
export type FlowState =
  | { readonly at: 'loading' }
  | { readonly at: 'refused' }
  | { readonly at: 'unanswered'; readonly trouble: Trouble }
  | { readonly at: 'domain'; readonly invite: Invite; readonly domain: string }
  | { readonly at: 'token'; readonly invite: Invite; readonly org: FoundOrg }
  | { readonly at: 'check'; readonly invite: Invite; readonly org: FoundOrg }
  | { readonly at: 'sync'; readonly connectionId: string; readonly estimate: Estimate | null }
  | { readonly at: 'over' }

/** Where a link leads first: as far as this tab remembers to have come. */
export function afterInvite(invite: Invite, memory: Memory): FlowState {
  if (memory.org) return { at: 'token', invite, org: memory.org }
  return { at: 'domain', invite, domain: memory.domain ?? invite.connection?.origin ?? '' }
}

/** A link that is used up leads to what it was used for, where it was used in this tab. */
export function afterRefusal(memory: Memory): FlowState {
  if (memory.connectionId === undefined) return { at: 'refused' }
  return { at: 'sync', connectionId: memory.connectionId, estimate: memory.estimate ?? null }
}

/** The org in a domain's answer; null where none was found. */
export function orgIn({ is_valid, origin, host, notes, org, token_page_url }: DomainAnswer): FoundOrg | null {
  if (!is_valid || origin === null || host === null || org === null) return null
  return { origin, host, notes, engine: org.engine, tokenPageUrl: token_page_url }
}

/** Which of the four steps a state belongs to; null: none of them yet. */
export function stepOf({ at }: FlowState): Step | null {
  if (at === 'over') return 'sync'
  return STEPS.find((step) => step === at) ?? null
}
