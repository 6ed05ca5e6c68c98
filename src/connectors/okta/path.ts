import { AppError } from '../../errors.ts'
import { isUsableId } from './wire.ts'

/**
 * A path with its parts encoded: path`/api/v1/users/${id}/factors`. Parts are ids, never logins or names, and one that
 * would change the shape of the URL (empty, `.`, `..`) is refused.
 */
export function path(texts: TemplateStringsArray, ...ids: readonly string[]): string {
  return texts.reduce((built, text, index) => `${built}${encode(ids[index - 1])}${text}`)
}

function encode(id: string | undefined): string {
  if (id === undefined || !isUsableId(id)) {
    throw new AppError('okta_bad_request', 'An id cannot be used in a URL.')
  }
  return encodeURIComponent(id)
}
