import { z } from 'zod'
import { AUTHENTICATORS } from '../model/factor.ts'
import { ROLE_TYPES } from '../model/role-assignment.ts'
import { USER_STATUSES } from '../model/user.ts'
import { OUTCOMES } from './freshness.ts'

/** How the records behind a part were read. Zero is a fact only where it is complete. */
const reading = {
  outcome: z
    .enum(OUTCOMES)
    .describe(
      'How the last read of these records ended; `never` before the first. Only with `complete` does zero mean that there is none.',
    ),
  last_complete_at: z.iso
    .datetime()
    .nullable()
    .describe('When all of them were last read completely; null while one listing never was.'),
}

const Users = z.object({
  ...reading,
  count: z.int().describe('Users, deprovisioned ones included.'),
  by_status: z
    .array(z.object({ status: z.enum(USER_STATUSES).describe('The status.'), count: z.int().describe('Users in it.') }))
    .describe('Users in each status that occurs.'),
})

const Groups = z.object({ ...reading, count: z.int().describe('Groups.') })

const Applications = z.object({
  ...reading,
  count: z.int().describe('Applications, inactive ones included.'),
  by_sign_on_mode: z
    .array(
      z.object({
        sign_on_mode: z.string().nullable().describe('The sign-on mode as received; null for those without one.'),
        count: z.int().describe('Applications that use it.'),
      }),
    )
    .describe('Applications of each sign-on mode, the most frequent first.'),
})

const Policies = z.object({
  ...reading,
  count: z.int().describe('Policies, inactive ones included.'),
  by_type: z
    .array(z.object({ type: z.string().describe('The type as received.'), count: z.int().describe('Policies of it.') }))
    .describe('Policies of each type, the most frequent first.'),
})

const Administrators = z.object({
  ...reading,
  users: z.int().describe('Users who hold an admin role, directly or through a group, each counted once.'),
  groups: z.int().describe('Groups that hold an admin role, each counted once.'),
  by_role: z
    .array(
      z.object({
        role_type: z.enum(ROLE_TYPES).describe('The type of role.'),
        label: z.string().nullable().describe('Its name as people see it; custom roles differ by it.'),
        users: z.int().describe('Users who hold it, directly or through a group.'),
        groups: z.int().describe('Groups that hold it.'),
      }),
    )
    .describe('Holders of each role that is held, super administrators first. Roles that are inactive do not count.'),
})

const Mfa = z.object({
  ...reading,
  active_users: z.int().describe('Users whose status is `active`.'),
  with_active_factor: z.int().describe('Those of them with at least one factor that is active or enrolled.'),
  without_factor: z
    .int()
    .describe(
      'Those of them for whom no such factor is visible. Okta shows an enrollment only where policy allows it and as the network zone of the request allows, so that some of these may have one.',
    ),
  by_authenticator: z
    .array(
      z.object({
        authenticator: z.enum(AUTHENTICATORS).describe('The authenticator.'),
        users: z.int().describe('Active users enrolled with it.'),
      }),
    )
    .describe('Active users by authenticator, the most frequent first. A user with several counts for each.'),
  factors_by_type: z
    .array(
      z.object({
        factor_type: z.string().nullable().describe('Okta’s factor type as received.'),
        authenticator: z.enum(AUTHENTICATORS).describe('The authenticator it belongs to.'),
        users: z.int().describe('Active users enrolled with it.'),
      }),
    )
    .describe('Active users by factor type. Okta Verify shows as several of these for one user.'),
})

const SignIns = z.object({
  ...reading,
  held_since: z.iso.datetime().nullable().describe('When the earliest log event that is held happened.'),
  days: z
    .array(
      z.object({
        date: z.string().describe('The day in UTC, as `2026-01-31`.'),
        successes: z.int().describe('Sign-ins that succeeded.'),
        failures: z.int().describe('Sign-ins that failed or were denied.'),
      }),
    )
    .describe(
      'Sign-ins to Okta (`user.session.start`) by day, oldest first: of the last 30 days those from the earliest event that is held to the last read of the log. A day without any is there with zeros.',
    ),
})

export const OverviewModel = z
  .object({
    users: Users.describe('Users.'),
    groups: Groups.describe('Groups.'),
    applications: Applications.describe('Applications.'),
    policies: Policies.describe('Policies.'),
    administrators: Administrators.describe('Who holds admin roles.'),
    mfa: Mfa.describe('Who is enrolled for multifactor authentication.'),
    sign_ins: SignIns.describe('Sign-ins by day, from the System Log.'),
  })
  .meta({
    id: 'Overview',
    description: 'What a connection holds, in numbers. Records that have vanished from Okta never count.',
  })
export type OverviewAnswer = z.infer<typeof OverviewModel>
