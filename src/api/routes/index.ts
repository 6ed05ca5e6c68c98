import type { Endpoint } from '../endpoint.ts'
import { configuration } from './configuration.ts'
import { relations } from './idp/relations.ts'
import { idp } from './idp.ts'
import { provisioning } from './provisioning.ts'
import { session } from './session.ts'

/** Every operation of the API, in the order in which they are documented. */
export const ENDPOINTS: readonly Endpoint[] = [...idp, ...relations, ...configuration, ...provisioning, ...session]
