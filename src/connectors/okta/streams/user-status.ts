import type { UserStatus } from '../../../model/user.ts'
import { ours } from '../wire.ts'

/** https://developer.okta.com/docs/reference/user-lifecycle-statuses/ */
const STATUS: Readonly<Record<string, UserStatus>> = {
  STAGED: 'staged',
  PROVISIONED: 'provisioned',
  ACTIVE: 'active',
  RECOVERY: 'recovery',
  PASSWORD_EXPIRED: 'password_expired',
  LOCKED_OUT: 'locked_out',
  SUSPENDED: 'suspended',
  DEPROVISIONED: 'deprovisioned',
}

export const userStatus = (received: string | null): UserStatus => ours(STATUS, received, 'unknown')
