import type { Endpoint } from '../endpoint.ts'
import { recordEndpoints } from './idp/records.ts'

/** Identity data: lists and records, and what they are related to. */
export const idp: readonly Endpoint[] = [...recordEndpoints]
