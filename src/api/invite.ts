import { errors, jwtVerify, SignJWT } from 'jose'
import { AppError } from '../errors.ts'
import { findInviteToken, type InviteToken } from '../store/invite-tokens.ts'
import type { ApiServices } from './services.ts'

const PURPOSE = 'invite tokens'
const ALGORITHM = 'HS256'
/** Whether a token has run out is decided by its row, in PostgreSQL's time: here no clock is asked. */
const TIMELESS = new Date(0)

export const inviteRefused = (): AppError =>
  new AppError('invite_token_invalid', 'Invalid or expired connection invite token')

/** The text of an invite token. The widget reads `organization_id` out of it, without checking the signature. */
export function signInvite({ sealer }: Pick<ApiServices, 'sealer'>, invite: InviteToken): Promise<string> {
  return new SignJWT({
    organization_id: invite.organization_id,
    vendors: [invite.vendor],
    ...(invite.connection_id !== null && { connection_id: invite.connection_id }),
  })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
    .setJti(invite.id)
    .setExpirationTime(new Date(invite.expires_at))
    .sign(sealer.derive(PURPOSE))
}

/**
 * The invite that a token stands for. One that was used is opened as well, for it may still see the connection it was
 * used for: whoever writes uses it up in the same transaction, whoever does more asks `mustBeUnused`.
 * @throws AppError `invite_token_invalid` when it is forged or has run out
 */
export async function openInvite(services: Pick<ApiServices, 'db' | 'sealer'>, token: string): Promise<InviteToken> {
  let id: string | undefined
  try {
    const { payload } = await jwtVerify(token, services.sealer.derive(PURPOSE), {
      algorithms: [ALGORITHM],
      currentDate: TIMELESS,
    })
    id = payload.jti
  } catch (error) {
    if (error instanceof errors.JOSEError) throw inviteRefused()
    throw error
  }
  const invite = id === undefined ? null : await findInviteToken(services.db, id)
  if (!invite) throw inviteRefused()
  return invite
}

/** @throws AppError `invite_token_invalid` when it was used */
export function mustBeUnused(invite: InviteToken): InviteToken {
  if (invite.used_at !== null) throw inviteRefused()
  return invite
}
