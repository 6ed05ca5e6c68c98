import type { Command } from 'commander'
import { AppError } from '../errors.ts'
import { DEFAULT_SETTINGS, type SyncSettings } from '../sync/settings.ts'
import { collected, wholeNumber } from './option-values.ts'
import type { Resource } from './services.ts'

export interface SyncOptions {
  readonly logDays?: number
  readonly pageSize?: readonly string[]
  readonly confirmDeletes?: boolean
  readonly deleteLimit?: number
  readonly fresh?: boolean
  readonly rereadDays?: number
  readonly group?: readonly string[]
  readonly emailDomain?: readonly string[]
  readonly skipAppGroups?: boolean
}

export function addSyncOptions(command: Command): Command {
  return command
    .option('--log-days <days>', 'days of System Log to read at first, 1 to 90 (default 7)', wholeNumber(1, 90))
    .option('--page-size <resource=rows>', 'rows per page of a resource; may be repeated', collected)
    .option('--confirm-deletes', 'let deletes through that an earlier sync held back')
    .option(
      '--delete-limit <percent>',
      'hold deletes back when more of a resource than this would go, 0 to 100 (default 25)',
      wholeNumber(0, 100),
    )
    .option(
      '--reread-days <days>',
      'days within which what no event tells about is read again, 1 to 90 (default 7)',
      wholeNumber(1, 90),
    )
    .option('--fresh', 'start from the beginning although a stopped sync could be resumed')
    .option('--group <id or name>', 'of all groups keep only this one and its memberships; may be repeated', collected)
    .option('--email-domain <domain>', 'keep only users of this email domain; may be repeated', collected)
    .option('--skip-app-groups', 'leave out groups that an application (Active Directory, Google, …) brought in')
}

/** @throws AppError `usage_invalid` */
export function syncSettings(options: SyncOptions, resources: readonly Resource[]): SyncSettings {
  const { deleteLimit } = options
  return {
    ...DEFAULT_SETTINGS,
    ...(options.logDays !== undefined && { logDays: options.logDays }),
    ...(options.rereadDays !== undefined && { rereadDays: options.rereadDays }),
    ...(deleteLimit !== undefined && { deleteShare: deleteLimit / 100 }),
    pageSizes: pageSizes(options.pageSize ?? [], resources),
    confirmDeletes: options.confirmDeletes ?? false,
    fresh: options.fresh ?? false,
    scope: {
      groups: options.group ?? [],
      emailDomains: (options.emailDomain ?? []).map((domain) => domain.replace(/^@/, '').toLowerCase()),
      skipAppGroups: options.skipAppGroups ?? false,
    },
  }
}

function pageSizes(given: readonly string[], resources: readonly Resource[]): Record<string, number> {
  const sizes: Record<string, number> = {}
  for (const text of given) {
    const [, name = '', rows = ''] = /^([^=]+)=(\d+)$/.exec(text) ?? []
    const resource = resources.find((candidate) => candidate.name === name)
    if (!resource) {
      const names = resources.filter(({ maxPageSize }) => maxPageSize !== null).map((each) => each.name)
      throw new AppError(
        'usage_invalid',
        `--page-size takes RESOURCE=ROWS, such as users=100, and not "${text.slice(0, 80)}". Resources: ${names.join(', ')}.`,
      )
    }
    const size = Number(rows)
    const most = resource.maxPageSize
    if (most === null) throw new AppError('usage_invalid', `--page-size: Okta sends ${name} without pages.`)
    if (size < 1 || size > most) throw new AppError('usage_invalid', `--page-size: ${name} takes 1 to ${most} rows.`)
    sizes[name] = size
  }
  return sizes
}
