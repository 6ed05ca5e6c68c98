import { AppError } from '../../errors.ts'
import type { OktaClient } from './client/client.ts'
import { getTokenOwner } from './reads.ts'
import { isObject, looseId, shownText } from './wire.ts'

/** Whose token it is. */
export interface FoundOwner {
  /** Null where Okta does not tell. */
  readonly owner: { readonly id: string; readonly login: string | null } | null
  /** Why Okta did not tell. */
  readonly refusal?: AppError
}

/** The user who made the token, asked for in one request. Whatever Okta answers is an answer. */
export async function findTokenOwner(client: OktaClient): Promise<FoundOwner> {
  try {
    const user = await getTokenOwner(client)
    const id = isObject(user) ? looseId.parse(user.id) : null
    if (!isObject(user) || id === null) return { owner: null }
    return { owner: { id, login: isObject(user.profile) ? shownText(user.profile.login) : null } }
  } catch (error) {
    if (error instanceof AppError) return { owner: null, refusal: error }
    throw error
  }
}
