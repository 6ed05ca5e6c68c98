import type { EventHookDescription, ToldEvent } from '../connector.ts'
import { logEventTargets } from './log-event-targets.ts'
import { isObject, looseId } from './wire.ts'

/**
 * The types of events that name something to read again and that Okta pushes: those marked `event-hook-eligible` in
 * https://developer.okta.com/docs/reference/api/event-types/. Of the others only the log tells.
 */
const EVENT_TYPES: readonly string[] = [
  'user.lifecycle.create',
  'user.lifecycle.activate',
  'user.lifecycle.suspend',
  'user.lifecycle.unsuspend',
  'user.lifecycle.deactivate',
  'user.lifecycle.reactivate',
  'user.lifecycle.delete.initiated',
  'user.account.update_profile',
  'user.account.update_password',
  'user.account.unlock',
  'user.account.unlock_by_admin',
  'user.account.reset_password',
  'user.account.lock',
  'user.import.password',
  'user.mfa.factor.activate',
  'user.mfa.factor.deactivate',
  'user.mfa.factor.update',
  'user.mfa.factor.reset_all',
  'user.mfa.factor.suspend',
  'user.mfa.factor.unsuspend',
  'device.user.add',
  'device.user.remove',
  'device.enrollment.create',
  'device.lifecycle.activate',
  'device.lifecycle.deactivate',
  'device.lifecycle.suspend',
  'device.lifecycle.unsuspend',
  'device.lifecycle.delete',
  'group.user_membership.add',
  'group.user_membership.remove',
  'group.lifecycle.create',
  'group.lifecycle.delete',
  'group.profile.update',
  'system.import.group.create',
  'system.import.group.delete',
  'app.user_management.user_group_import.upsert_success',
  'application.lifecycle.create',
  'application.lifecycle.activate',
  'application.lifecycle.deactivate',
  'application.lifecycle.update',
  'application.lifecycle.delete',
  'group.application_assignment.add',
  'group.application_assignment.remove',
  'group.application_assignment.update',
  'application.user_membership.add',
  'application.user_membership.remove',
  'application.user_membership.update',
  'application.provision.user.reactivate',
  'application.provision.user.push',
  'application.provision.user.push_profile',
  'application.provision.user.sync',
  'application.provision.user.delete',
  'user.account.privilege.grant',
  'user.account.privilege.revoke',
  'group.privilege.grant',
  'group.privilege.revoke',
  'iam.resourceset.bindings.add',
  'iam.resourceset.bindings.delete',
  'iam.resourceset.delete',
  'iam.role.update',
  'iam.role.delete',
  'policy.lifecycle.update',
  'policy.lifecycle.activate',
  'policy.lifecycle.deactivate',
  'policy.rule.add',
  'policy.rule.update',
  'policy.rule.activate',
  'policy.rule.deactivate',
  'policy.rule.delete',
  'security.authenticator.lifecycle.create',
  'security.authenticator.lifecycle.update',
  'security.authenticator.lifecycle.activate',
  'security.authenticator.lifecycle.deactivate',
]

/**
 * Event hooks as Okta sends them: https://developer.okta.com/docs/concepts/event-hooks/. The secret stands in
 * `Authorization`, which proxies and logs know to be one; Okta sends it with the challenge as well.
 */
export const eventHook: EventHookDescription = {
  secretHeader: 'Authorization',
  challengeHeader: 'X-Okta-Verification-Challenge',
  eventTypes: EVENT_TYPES,
  answerTo: (challenge) => ({ verification: challenge }),
  read,
}

/** The log events of a delivery. What has no id is no event. */
function read(body: unknown): { readonly events: readonly ToldEvent[]; readonly odd: number } {
  const data = isObject(body) ? body.data : null
  const given = isObject(data) ? data.events : null
  if (!Array.isArray(given)) return { events: [], odd: 1 }
  const events = given.flatMap((event: unknown): ToldEvent[] => {
    const id = isObject(event) ? looseId.parse(event.uuid) : null
    return id === null ? [] : [{ id, targets: logEventTargets(event) }]
  })
  return { events, odd: given.length - events.length }
}
