/** What an invite token says of itself. Nobody has checked its signature here: the server does. */
export interface InviteClaims {
  readonly organizationId: string
  /** Its own id: what this browser remembers it by. */
  readonly id: string
}

/** The claims of an invite token; null where the text is none. */
export function readInviteToken(token: string): InviteClaims | null {
  try {
    const payload = token.trim().split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
    const { organization_id: organizationId, jti: id } = claims
    return typeof organizationId === 'string' && typeof id === 'string' ? { organizationId, id } : null
  } catch {
    return null
  }
}
