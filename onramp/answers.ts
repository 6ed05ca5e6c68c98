import type { Schema } from '../src/client/index.ts'

/** The objects of the API that the flow reads, by the names it calls them. */

export type Connection = Schema<'Connection'>
export type Job = Schema<'Job'>
export type DataExport = Schema<'DataExport'>
export type CheckRow = Schema<'CheckRow'>
export type ConnectionTest = Schema<'ConnectionTest'>
/** What an invite link is for, as the server told. */
export type Invite = Schema<'InvitedVendor'>
/** What was made of a domain that a person typed. */
export type DomainAnswer = Schema<'DomainCheck'>
/** What a first sync will take. */
export type Estimate = Schema<'Estimate'>
/** Where a connection and its latest sync are. */
export type Progress = Schema<'ConnectionProgress'>

export interface GivenCredentials {
  readonly domain: string
  readonly api_token: string
}
