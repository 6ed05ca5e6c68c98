import type { Endpoint } from '../endpoint.ts'
import { changes } from './idp/changes.ts'
import { histories } from './idp/history.ts'
import { newest } from './idp/newest-changes.ts'
import { overview } from './idp/overview.ts'
import { recordEndpoints } from './idp/records.ts'

/** Identity data: lists and records, their changes, and the overview of them all. */
export const idp: readonly Endpoint[] = [...recordEndpoints, ...histories, changes, newest, overview]
