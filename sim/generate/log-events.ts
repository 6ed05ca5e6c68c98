import { hex, uuid } from '../ids.ts'
import { fraction, hash, pick } from '../random.ts'
import { DAY, type Json, type World } from '../world.ts'
import { appKind } from './apps.ts'
import { groupName } from './groups.ts'
import type { BaseMemberships } from './memberships.ts'
import { generateUser } from './users.ts'

/** A System Log event as the API sends it, see https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ */
export interface LogEvent {
  uuid: string
  published: string
  eventType: string
  actor: LogTarget
  target: LogTarget[] | null
  outcome: { result: string; reason: string | null }
  [field: string]: unknown
}

export interface LogTarget {
  id: string
  type: string
  alternateId: string | null
  displayName: string | null
  detailEntry: Json | null
}

export function target(type: string, id: string, displayName: string, alternateId = displayName): LogTarget {
  return { id, type, alternateId, displayName, detailEntry: null }
}

/** What the caller has to say about an event; the rest is filled in. */
export interface LogEventInput {
  eventType: string
  /** Milliseconds. */
  publishedAt: number
  displayMessage?: string
  severity?: string
  actor?: LogTarget
  target?: LogTarget[] | null
  outcome?: { result: string; reason: string | null }
  debugData?: Json
  /** Okta's own jobs have no client. */
  isJob?: boolean
}

export const SYSTEM: LogTarget = target('SystemPrincipal', 'sprjaqy8d2OwK2qnq5d7', 'Okta System', 'system@okta.com')

export function makeLogEvent(world: World, number: number, input: LogEventInput): LogEvent {
  const requestId = hex(world.seed, 202, number, 32)
  const place = { city: 'Springfield', state: 'Exampleshire', country: 'United States', postalCode: '00000' }
  const where = { ...place, geolocation: { lat: 38.5, lon: -96.5 } }
  const ip = `203.0.113.${number % 250}`
  return {
    actor: input.actor ?? SYSTEM,
    client: input.isJob
      ? { userAgent: null, zone: null, device: null, id: null, ipAddress: null, geographicalContext: null }
      : {
          userAgent: { rawUserAgent: 'Mozilla/5.0 (Macintosh)', os: 'Mac OS X', browser: 'CHROME' },
          zone: 'null',
          device: 'Computer',
          id: null,
          ipAddress: ip,
          geographicalContext: where,
        },
    device: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      externalSessionId: `102${requestId.slice(0, 22)}`,
    },
    displayMessage: input.displayMessage ?? input.eventType.replaceAll('.', ' '),
    eventType: input.eventType,
    outcome: input.outcome ?? { result: 'SUCCESS', reason: null },
    published: new Date(input.publishedAt).toISOString(),
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    severity: input.severity ?? 'INFO',
    debugContext: { debugData: { requestId, ...input.debugData } },
    legacyEventType: null,
    transaction: { type: input.isJob ? 'JOB' : 'WEB', id: requestId, detail: {} },
    uuid: uuid(world.seed, 201, number),
    version: '0',
    request: { ipChain: input.isJob ? [] : [{ ip, geographicalContext: where, version: 'V4', source: null }] },
    target: input.target === undefined ? null : input.target,
  }
}

/** The week before the org was made, but for its first half day. One event in 25 was stored late, with an earlier time. */
export function generatedPublishedAt(world: World, number: number): number {
  const spacing = (6.5 * DAY) / world.size.logEvents
  const regular = world.madeAt - 6.5 * DAY + spacing * (number + 0.5)
  const late = number % 25 === 12 ? spacing * (1.5 + 2 * fraction(world.seed, 203, number)) : 0
  return Math.floor(regular - late)
}

/** Only things that agree with the org as it is now: nothing that was undone later. */
export function generateLogEvent(world: World, memberships: BaseMemberships, number: number): LogEvent {
  const user = generateUser(world, hash(world.seed, 204, number) % world.size.users)
  const name = String(user.profile.displayName ?? user.profile.login)
  const person = target('User', user.id, name, String(user.profile.login))
  const index = hash(world.seed, 204, number) % world.size.users
  const base = { publishedAt: generatedPublishedAt(world, number), actor: person }
  const dice = hash(world.seed, 205, number) % 20
  if (dice < 12) {
    const denied = dice === 11
    return makeLogEvent(world, number, {
      ...base,
      eventType: 'user.session.start',
      displayMessage: 'User login to Okta',
      outcome: denied ? { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' } : { result: 'SUCCESS', reason: null },
      ...(dice < 6 ? { target: [person] } : {}),
    })
  }
  if (dice < 15) {
    const app = index % world.size.apps
    const instance = target('AppInstance', world.ids.app.make(app), appKind(app).label)
    return makeLogEvent(world, number, { ...base, eventType: 'user.authentication.sso', target: [instance] })
  }
  if (dice < 17) {
    const group = pick([...memberships.groupsOf(index), 0], number)
    const userGroup = target('UserGroup', world.ids.group.make(group), groupName(world, group), 'unknown')
    return makeLogEvent(world, number, {
      ...base,
      actor: SYSTEM,
      eventType: 'group.user_membership.add',
      displayMessage: 'Add user to group membership',
      target: [person, userGroup],
    })
  }
  if (dice < 19) {
    const debugData = { changedAttributes: 'title' }
    return makeLogEvent(world, number, {
      ...base,
      eventType: 'user.account.update_profile',
      target: [person],
      debugData,
    })
  }
  return makeLogEvent(world, number, {
    ...base,
    actor: SYSTEM,
    isJob: true,
    eventType: 'system.import.complete',
    target: [target('AppInstance', world.ids.app.make(3), appKind(3).label)],
  })
}
