import { AppError, type ErrorCode } from '../../../errors.ts'
import type { Page } from '../../connector.ts'
import type { OktaClient } from '../client/client.ts'
import { path } from '../path.ts'
import { idInLink, isObject, looseId } from '../wire.ts'
import type { RoleItem } from './roles.ts'

/** Standard roles that can be limited to targets, and the kind of target. */
const TARGETS: Readonly<Record<string, 'groups' | 'catalog/apps'>> = {
  USER_ADMIN: 'groups',
  HELP_DESK_ADMIN: 'groups',
  GROUP_MEMBERSHIP_ADMIN: 'groups',
  APP_ADMIN: 'catalog/apps',
}

/** Standard roles that always span the whole org. Any other role is limited in a way of its own: unknown here. */
const UNLIMITED: ReadonlySet<string> = new Set([
  'SUPER_ADMIN',
  'ORG_ADMIN',
  'READ_ONLY_ADMIN',
  'REPORT_ADMIN',
  'MOBILE_ADMIN',
  'API_ACCESS_MANAGEMENT_ADMIN',
])

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'okta_scope_missing',
  'okta_not_found',
  'okta_feature_off',
  'okta_bad_request',
])

/** Far more pages of targets than one role can have. */
const MOST_PAGES = 1_000

interface Holder {
  readonly type: 'users' | 'groups'
  readonly id: string
}

/** The page with each role's targets beside it. */
export async function withTargets(client: OktaClient, page: Page, principal: Holder): Promise<Page> {
  const items: RoleItem[] = []
  for (const assignment of page.items) {
    items.push({ assignment, targets: await targetsOf(client, assignment, principal) })
  }
  return { ...page, items }
}

/**
 * What a role is limited to: an empty list is the whole org, null is unknown.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleBTargetAdmin/
 */
async function targetsOf(client: OktaClient, assignment: unknown, principal: Holder): Promise<unknown[] | null> {
  if (!isObject(assignment) || typeof assignment.type !== 'string') return null
  if (UNLIMITED.has(assignment.type)) return []
  const kind = Object.hasOwn(TARGETS, assignment.type) ? TARGETS[assignment.type] : undefined
  const id = looseId.parse(assignment.id)
  if (kind === undefined || id === null) return null
  const holder = holderOf(assignment, principal)
  if (holder === null) return null
  return readAll(client, `/api/v1/${holder.type}${path`/${holder.id}/roles/${id}/targets`}/${kind}`)
}

/** Who holds the role itself: where a group gives it to a user, the group. */
function holderOf(assignment: Readonly<Record<string, unknown>>, principal: Holder): Holder | null {
  if (principal.type === 'groups' || assignment.assignmentType !== 'GROUP') return principal
  const group = idInLink(assignment._links, 'assignee', 'groups')
  return group === null ? null : { type: 'groups', id: group }
}

async function readAll(client: OktaClient, listing: string): Promise<unknown[] | null> {
  const items: unknown[] = []
  const seen = new Set<string>()
  let cursor: string | null = null
  try {
    do {
      const page: Page = await client.list(listing, { query: { limit: 200 }, cursor })
      if (page.cutOff) throw page.cutOff
      items.push(...page.items)
      cursor = page.next
      if (cursor !== null && (seen.has(cursor) || seen.size >= MOST_PAGES)) {
        throw new AppError('paging_loop', 'A next link of role targets leads back to a page already read.')
      }
      if (cursor !== null) seen.add(cursor)
    } while (cursor !== null)
    return items
  } catch (error) {
    if (error instanceof AppError && UNREADABLE.has(error.code)) return null
    throw error
  }
}
