import { AppError } from '../../../errors.ts'
import type { ListOptions, Query } from './client.ts'
import type { PageShape } from './page-size.ts'
import { isSamePath, joinPath, splitPath, withMissing, without, withValue } from './query.ts'

/**
 * Parameters that a next link leaves out on purpose: the System Log's cursor replaces its start.
 * @see https://developer.okta.com/docs/reference/system-log-query/
 */
const REPLACED_BY_CURSOR = ['since']

/**
 * Path and query of one page. Without a cursor that is the listing's own query. With one it is the cursor as Okta wrote
 * it, plus parameters that Okta's next links are known to lose.
 * @see https://developer.okta.com/docs/release-notes/2026-okta-identity-engine/ (OKTA-1230324)
 * @throws AppError `unsafe_link` for a cursor that belongs to another listing.
 */
export function pageRequest(path: string, options: ListOptions, shape: PageShape | null): string {
  const base = options.cursor === null ? { path, query: '' } : splitPath(options.cursor)
  if (!isSamePath(base.path, path)) {
    throw new AppError('unsafe_link', 'A cursor that belongs to another listing was refused.', { details: { path } })
  }
  const wanted = options.cursor === null ? options.query : continuing(options.query)
  const complete = withMissing(base.query, wanted ?? {})
  if (!shape) return joinPath(base.path, complete)
  const sized = withValue(complete, 'limit', shape.size)
  return joinPath(base.path, shape.isBare ? without(sized, options.optional ?? []) : sized)
}

/** The page size a listing starts with, or null when it asks for none. */
export function wantedSize(query: Query = {}): number | null {
  const size = Number(query.limit)
  return Number.isSafeInteger(size) && size > 0 ? size : null
}

function continuing(query: Query = {}): Query {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !REPLACED_BY_CURSOR.includes(name)))
}
