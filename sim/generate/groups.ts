import { fraction, hash, pick } from '../random.ts'
import { DAY, iso, type Json, type World } from '../world.ts'
import { PLACES, TEAMS } from './names.ts'

export type GroupType = 'OKTA_GROUP' | 'APP_GROUP' | 'BUILT_IN'

/** A group as the API sends it, without links and statistics. */
export interface Group {
  id: string
  created: string
  lastUpdated: string
  lastMembershipUpdated: string
  objectClass: string[]
  type: GroupType
  profile: Json
  source?: { id: string }
}

/** The built-in group of all users. */
export const EVERYONE = 0
/** Index of the directory app that the generated app groups come from. */
const DIRECTORY_APP = 3

/** Names that became equal, or broken, in systems which made keys of them; one with quotes and a backslash; one long. */
const ODD_NAMES = [
  'Eng/Platform',
  'Eng Platform',
  'eng-platform',
  '日本 & Co "x"',
  'A "quoted" \\ team',
  '  padded  ',
  `Very long ${'name '.repeat(45)}`.trim(),
]

export function groupName(world: World, index: number): string {
  if (index === EVERYONE) return 'Everyone'
  const odd = ODD_NAMES[index - 1]
  if (odd !== undefined) return odd
  return `${pick(PLACES, hash(world.seed, 21, index))} ${pick(TEAMS, hash(world.seed, 22, index))} ${index}`
}

/** Two in five groups hold nobody: indexes ending in 3, 4, 8 and 9. */
export function isEmptyGroup(index: number): boolean {
  return index !== EVERYONE && (index % 5 === 3 || index % 5 === 4)
}

export function groupType(index: number): GroupType {
  if (index === EVERYONE) return 'BUILT_IN'
  return index % 7 === 6 ? 'APP_GROUP' : 'OKTA_GROUP'
}

export function generateGroup(world: World, index: number): Group {
  const created = world.epoch - DAY * (60 + 2500 * fraction(world.seed, 23, index))
  const since = world.epoch - DAY - created
  const type = groupType(index)
  const name = groupName(world, index)
  const base = {
    id: world.ids.group.make(index),
    created: iso(created),
    lastUpdated: iso(created + since * fraction(world.seed, 24, index) ** 3),
    lastMembershipUpdated: iso(created + since * fraction(world.seed, 25, index)),
  }
  if (type === 'BUILT_IN') {
    const description = world.name === 'small' ? null : 'All users in your organization'
    return { ...base, objectClass: ['okta:user_group'], type, profile: { name, description } }
  }
  if (type === 'OKTA_GROUP') {
    const description = index % 4 === 0 ? null : index % 4 === 1 ? '' : `People of ${name}`
    const custom = index % 10 === 2 ? { approvers: ['lead', 'owner'], tier: index % 3 } : {}
    return { ...base, objectClass: ['okta:user_group'], type, profile: { name, description, ...custom } }
  }
  return {
    ...base,
    objectClass: ['okta:windows_security_principal'],
    type,
    profile: {
      name,
      description: null,
      dn: `CN=${name},OU=Groups,DC=corp,DC=acme,DC=example`,
      externalId: Buffer.from(`guid-${index}`.padEnd(16, '0')).toString('base64'),
      samAccountName: name.slice(0, 20),
      windowsDomainQualifiedName: `CORP\\${name.slice(0, 20)}`,
      objectSid: `S-1-5-21-1004336348-1177238915-682003330-${1000 + index}`,
      groupType: 'Security',
      groupScope: 'Global',
    },
    source: { id: world.ids.app.make(DIRECTORY_APP) },
  }
}
