/** Every type of message that a webhook endpoint can be told, and when it is. */
export const EVENT_TYPES = {
  'idp.user.created': 'A user appeared, or came back.',
  'idp.user.updated': 'A user changed.',
  'idp.user.deleted': 'A user vanished from Okta.',
  'idp.group.created': 'A group appeared, or came back.',
  'idp.group.updated': 'A group changed.',
  'idp.group.deleted': 'A group vanished from Okta.',
  'idp.application.created': 'An application appeared, or came back.',
  'idp.application.updated': 'An application changed.',
  'idp.application.deleted': 'An application vanished from Okta.',
  'idp.group_membership.created': 'A user came into a group.',
  'idp.group_membership.deleted': 'A user left a group.',
  'idp.application_assignment.created': 'A user or group was assigned to an application.',
  'idp.application_assignment.updated': 'An assignment changed, such as the groups that it comes through.',
  'idp.application_assignment.deleted': 'A user or group lost an application.',
  'idp.factor.created': 'A user enrolled an MFA method.',
  'idp.factor.updated': 'An enrolled MFA method changed.',
  'idp.factor.deleted': 'A user lost an MFA method.',
  'idp.role_assignment.created': 'An admin role was given.',
  'idp.role_assignment.updated': 'An admin role changed, such as what it is limited to.',
  'idp.role_assignment.deleted': 'An admin role was taken away.',
  'idp.policy.created': 'A policy appeared, or came back.',
  'idp.policy.updated': 'A policy changed.',
  'idp.policy.deleted': 'A policy vanished from Okta.',
  'idp.policy_rule.created': 'A rule of a policy appeared, or came back.',
  'idp.policy_rule.updated': 'A rule of a policy changed.',
  'idp.policy_rule.deleted': 'A rule of a policy vanished from Okta.',
  'idp.policy_mapping.created': 'A policy applies to one more application.',
  'idp.policy_mapping.updated': 'What says that a policy applies to an application changed.',
  'idp.policy_mapping.deleted': 'A policy no longer applies to an application.',
  'connection.health_changed': 'The health of a connection has another name than before.',
  'sync.completed': 'A sync came to its end, whatever its outcome. One that will be tried again has not.',
  'webhook.test': 'Somebody asked for a test. Sent to whichever types an endpoint has chosen.',
} as const

export type EventType = keyof typeof EVENT_TYPES

export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as [EventType, ...EventType[]]

const isEventType = (name: string): name is EventType => name in EVENT_TYPES

/** What a change is told as; null for one that is not told, such as a membership of which only Okta's JSON changed. */
export function eventTypeOf(change: {
  readonly entity: string
  readonly kind: 'created' | 'updated' | 'deleted'
  readonly fields: readonly string[]
}): EventType | null {
  // What was marked as deleted and is there again: whoever was told that it went is told that it came.
  const isBack = change.kind === 'updated' && change.fields.includes('is_deleted')
  const name = `idp.${change.entity.replaceAll('-', '_')}.${isBack ? 'created' : change.kind}`
  return isEventType(name) ? name : null
}
