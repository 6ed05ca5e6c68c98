import type { Fault } from './fault.ts'
import { CONNECTION_FAULTS } from './fault-registry/connection.ts'
import { PAGING_FAULTS } from './fault-registry/paging.ts'
import { POLICY_AND_LOG_FAULTS } from './fault-registry/policies-and-log.ts'
import { RATE_LIMIT_FAULTS } from './fault-registry/rate-limits.ts'
import { RECORD_FAULTS } from './fault-registry/records.ts'
import { RIGHTS_FAULTS } from './fault-registry/rights.ts'
import { SIGN_UP_FAULTS } from './fault-registry/sign-up.ts'
import type { Org } from './org.ts'

/** A fault with a name, for the command line and for tests. */
export interface NamedFault {
  /** One line: what goes wrong. */
  describe: string
  make(org: Org): Fault[]
}

/** Every one is a trouble that people reported from real orgs, or that Okta's documentation announces. */
export const FAULTS: Record<string, NamedFault> = {
  ...RATE_LIMIT_FAULTS,
  ...CONNECTION_FAULTS,
  ...PAGING_FAULTS,
  ...RECORD_FAULTS,
  ...RIGHTS_FAULTS,
  ...POLICY_AND_LOG_FAULTS,
  ...SIGN_UP_FAULTS,
}

export function findFault(name: string): NamedFault {
  const found = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined
  if (!found) throw new Error(`Unknown fault "${name}". Faults: ${Object.keys(FAULTS).join(', ')}`)
  return found
}

/** All names with what they do, for `rollcall sim --help`. */
export function listFaults(): { name: string; describe: string }[] {
  return Object.entries(FAULTS).map(([name, { describe }]) => ({ name, describe }))
}
