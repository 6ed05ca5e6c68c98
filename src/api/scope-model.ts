import { z } from 'zod'
import { cleanEmailDomain, EVERYTHING, isEverything, type SyncScope, storedScope } from '../model/scope.ts'

const MOST_GROUPS = 1_000
const MOST_DOMAINS = 100

const words = (most: number) =>
  z.array(
    z
      .string()
      .min(1)
      .max(most)
      .refine((text) => !text.includes('\0'), 'must not hold a null character'),
  )

const GROUPS =
  'Groups by Okta’s id or exact name: of all groups these are kept, with their memberships. Empty: every group.'
const EMAIL_DOMAINS =
  'Email domains: users of other domains, and what hangs on them, are not kept. Empty: every domain.'
const SKIP_APP_GROUPS = 'Whether groups that an application (Active Directory, Google, …) brought in are left out.'
const MEMBERS_ONLY =
  'Whether of all users only the members of `groups` are read and kept, with their factors, applications and roles. Needs `groups`.'

/** A scope as callers send it; what it does not say limits nothing. */
const Scope = z
  .object({
    groups: words(255).max(MOST_GROUPS).optional().describe(GROUPS),
    email_domains: words(255).max(MOST_DOMAINS).optional().describe(EMAIL_DOMAINS),
    skip_app_groups: z.boolean().optional().describe(SKIP_APP_GROUPS),
    members_only: z.boolean().optional().describe(MEMBERS_ONLY),
  })
  .refine(({ groups = [], members_only }) => !members_only || groups.length > 0, {
    path: ['groups'],
    message: 'must name the groups whose members are meant',
  })
  .meta({
    id: 'GivenScope',
    description: 'What of an org is to be read and kept. What it does not say limits nothing.',
  })

export type GivenScope = z.infer<typeof Scope> | null | undefined

export const givenScope = (description: string) => Scope.nullable().optional().describe(description)

/** Null where it limits nothing. */
export function scopeIn(given: GivenScope): SyncScope | null {
  const scope: SyncScope = {
    groups: given?.groups ?? EVERYTHING.groups,
    emailDomains: (given?.email_domains ?? []).map(cleanEmailDomain),
    skipAppGroups: given?.skip_app_groups ?? false,
    membersOnly: given?.members_only ?? false,
  }
  return isEverything(scope) ? null : scope
}

export const ScopeModel = z
  .object({
    groups: z.array(z.string()).describe(GROUPS),
    email_domains: z.array(z.string()).describe(EMAIL_DOMAINS),
    skip_app_groups: z.boolean().describe(SKIP_APP_GROUPS),
    members_only: z.boolean().describe(MEMBERS_ONLY),
  })
  .nullable()
  .describe('What of the org is read and kept; null: everything.')

export function scopeAnswer(stored: unknown): z.infer<typeof ScopeModel> {
  const scope = storedScope(stored)
  if (isEverything(scope)) return null
  return {
    groups: [...scope.groups],
    email_domains: [...scope.emailDomains],
    skip_app_groups: scope.skipAppGroups,
    members_only: scope.membersOnly,
  }
}
