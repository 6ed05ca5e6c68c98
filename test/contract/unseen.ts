/**
 * What neither the log nor the marks show: columns, as `stream.column`, that stay as they were until the next full sync
 * after a change. The second table of `docs/incremental.md` says the same in words.
 */
export const UNSEEN = {
  /** Groups have the count of before: no time of theirs moves when a member is deleted. */
  userDeleted: ['groups.users_count'],
  /** Nor when an application of theirs is. */
  applicationDeleted: ['groups.applications_count'],
  /** The targets of roles have names inside, and keep what is deleted. */
  targetRenamed: ['group_roles.targets', 'user_roles.targets'],
  /** Whoever joins or leaves a group that gives what another gives as well. */
  otherGroupGives: ['application_users.via_group_id', 'application_users.via_group_vendor_id'],
} as const satisfies Record<string, readonly string[]>
