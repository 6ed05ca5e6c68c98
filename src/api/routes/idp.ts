import type { Endpoint } from '../endpoint.ts'
import { overview } from './idp/overview.ts'
import { recordEndpoints } from './idp/records.ts'

/** Identity data: lists and records, and the overview of them all. */
export const idp: readonly Endpoint[] = [...recordEndpoints, overview]
