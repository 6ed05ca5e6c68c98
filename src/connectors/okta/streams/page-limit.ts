import type { StreamSettings } from '../../connector.ts'

/** Rows to ask for in one page: what a person set, else the default, never more than Okta allows. */
export const pageLimit = (size: { default: number; max: number }, settings: StreamSettings): number =>
  Math.max(1, Math.min(Math.floor(settings.pageSize ?? size.default), size.max))
