import { type IdMaker, idMaker } from './ids.ts'
import type { Engine, OrgName, OrgSize } from './options.ts'

/** What every generator needs to know. Two worlds with equal fields hold equal orgs. */
export interface World {
  name: OrgName
  seed: number
  engine: Engine
  size: OrgSize
  /** When the generated past ends, in ms: the start of the month the org was made in, so that restarts agree. */
  epoch: number
  /** When the org was made, in ms. The generated System Log ends here. */
  madeAt: number
  /** Plain and admin console host, for links that Okta renders with its own host names. */
  subdomain: string
  ids: Ids
}

export interface Ids {
  org: string
  userType: string
  user: IdMaker
  group: IdMaker
  app: IdMaker
  /** Policies of Identity Engine kinds are `rst…`, the older kinds `00p…`; rules `rul…` and `0pr…` alike. */
  policy: IdMaker
  classicPolicy: IdMaker
  rule: IdMaker
  classicRule: IdMaker
  mapping: IdMaker
  userRole: IdMaker
  groupRole: IdMaker
  binding: IdMaker
  customRole: IdMaker
  resourceSet: IdMaker
  groupRule: IdMaker
  token: IdMaker
  serviceApp: IdMaker
  eventHook: IdMaker
}

export function makeIds(seed: number): Ids {
  const maker = (prefix: string, salt: number) => idMaker(prefix, seed, salt)
  return {
    org: maker('00o', 101).make(0),
    userType: maker('oty', 102).make(0),
    user: maker('00u', 103),
    group: maker('00g', 104),
    app: maker('0oa', 105),
    policy: maker('rst', 106),
    classicPolicy: maker('00p', 107),
    rule: maker('rul', 108),
    classicRule: maker('0pr', 109),
    mapping: maker('rsm', 110),
    userRole: maker('ra1', 111),
    groupRole: maker('gra', 112),
    binding: maker('irb', 113),
    customRole: maker('cr0', 114),
    resourceSet: maker('iam', 115),
    groupRule: maker('0pr', 116),
    token: maker('00T', 117),
    serviceApp: maker('0oa', 119),
    eventHook: maker('who', 118),
  }
}

export const DAY = 86_400_000

/** Okta's time format: UTC with milliseconds, which are 000 nearly everywhere outside the System Log. */
export function iso(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString()
}

export type Json = Record<string, unknown>
