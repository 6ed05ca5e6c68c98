/** A simulated Okta org over real HTTP: for tests, for demonstrations, and for trying a client against trouble. */
export type { Fault, FaultContext } from './fault.ts'
export { FAULTS, listFaults, type NamedFault } from './faults.ts'
export type { SimCall } from './http/call.ts'
export type { SimCounts, SimRequest } from './http/request-record.ts'
export { PERMISSIONS, type Permission, type TokenOptions } from './http/tokens.ts'
export { type Engine, ORGS, type OrgName, type SimClock, type SimOptions } from './options.ts'
export type { Expected, Org } from './org.ts'
export { type Sim, startSim } from './sim.ts'
