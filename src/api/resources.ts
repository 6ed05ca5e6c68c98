import type { ConnectorDescription, ResourceDescription } from '../connectors/connector.ts'
import { entityByName } from '../model/index.ts'

/** The kinds of data that v1 clients tell apart. The contract does not list those of identity providers: these are ours. */
export const DATA_EXPORT_TYPES = [
  'idp_users',
  'idp_groups',
  'idp_applications',
  'idp_factors',
  'idp_roles',
  'idp_policies',
  'idp_logs',
] as const
export type DataExportType = (typeof DATA_EXPORT_TYPES)[number]

const BY_ENTITY: Readonly<Record<string, DataExportType>> = {
  user: 'idp_users',
  group: 'idp_groups',
  'group-membership': 'idp_groups',
  application: 'idp_applications',
  'application-assignment': 'idp_applications',
  factor: 'idp_factors',
  'role-assignment': 'idp_roles',
  policy: 'idp_policies',
  'policy-rule': 'idp_policies',
  'policy-mapping': 'idp_policies',
  'log-event': 'idp_logs',
}

/** A resource of a connector as answers name it. */
export interface KnownResource extends Pick<ResourceDescription, 'name' | 'endpoint'> {
  readonly dataExportType: DataExportType
}

/** What a vendor's connector reads, in order; nothing for a vendor that is not known any more. */
export function resourcesOf(connectors: readonly ConnectorDescription[], vendor: string): readonly KnownResource[] {
  const resources = connectors.find((connector) => connector.vendor === vendor)?.resources ?? []
  return resources.map(({ name, endpoint, entity }) => {
    const dataExportType = BY_ENTITY[entity]
    if (dataExportType === undefined) throw new Error(`${entity} has no data export type`)
    return { name, endpoint, dataExportType }
  })
}

/** The names of all that any connector reads. */
export const resourceNames = (connectors: readonly ConnectorDescription[]): string[] => [
  ...new Set(connectors.flatMap(({ resources }) => resources.map(({ name }) => name))),
]

/** The names of what a vendor's connector reads records from that can change: all but those that are only ever added. */
export const recordStreams = (connectors: readonly ConnectorDescription[], vendor: string): string[] =>
  (connectors.find((connector) => connector.vendor === vendor)?.resources ?? [])
    .filter(({ entity }) => !entityByName(entity)?.appendOnly)
    .map(({ name }) => name)
