import { z } from 'zod'
import { logoUrl } from '../connector-model.ts'
import { type Endpoint, endpoint } from '../endpoint.ts'
import { anyJson } from '../records.ts'
import { DATA_EXPORT_TYPES, resourcesOf } from '../resources.ts'

const ConnectorModel = z
  .object({
    vendor: z.string().describe('What connections name it: `OKTA_IDP`.'),
    vendor_name: z.string().describe('Its name for people.'),
    logo_url: z.string().describe('Its logo.'),
    category: z.enum(['IDP']).describe('What kind of product it is.'),
    credentials_type: z.literal('SECRETS').describe('Texts that a person enters.'),
    data_schema: anyJson.describe('JSON Schema of its credentials.'),
    ui_schema: anyJson.describe('JsonForms layout of the form that asks for them.'),
    docs_url: z.string().describe('How its credentials are made.'),
    resources: z
      .array(
        z.object({
          name: z.string().describe('Name of the resource in jobs and health: `application_users`.'),
          data_export_type: z.enum(DATA_EXPORT_TYPES).describe('The kind of data.'),
          endpoint: z.string().describe("The vendor's API that it is read from."),
          scopes: z.array(z.string()).describe('Scopes that reading it needs.'),
        }),
      )
      .describe('What is read, in order.'),
  })
  .meta({ id: 'Connector', description: 'A product that can be connected.' })

export const connectors: readonly Endpoint[] = [
  endpoint({
    method: 'get',
    path: '/v1/connectors',
    operationId: 'list_connectors',
    tag: 'connectors',
    summary: 'List connectors',
    description: 'What can be connected, and what each asks for. Needs no key.',
    access: 'open',
    response: z.array(ConnectorModel),
    handle: async ({ services }) =>
      services.connectors.map((connector) => {
        const known = resourcesOf(services.connectors, connector.vendor)
        return {
          vendor: connector.vendor,
          vendor_name: connector.vendorName,
          logo_url: logoUrl(services, connector),
          category: connector.category,
          credentials_type: 'SECRETS' as const,
          data_schema: connector.dataSchema,
          ui_schema: connector.uiSchema,
          docs_url: connector.docsUrl,
          resources: known.map(({ name, dataExportType, endpoint }) => ({
            name,
            data_export_type: dataExportType,
            endpoint,
            scopes: [...(connector.resources.find((resource) => resource.name === name)?.scopes ?? [])],
          })),
        }
      }),
  }),
]
