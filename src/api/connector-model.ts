import type { ConnectorDescription } from '../connectors/connector.ts'
import type { ApiServices } from './services.ts'

/** Where the logo of a vendor is served. */
export const logoUrl = (
  { publicUrl }: Pick<ApiServices, 'publicUrl'>,
  { vendor }: Pick<ConnectorDescription, 'vendor'>,
): string => `${publicUrl}/static/img/vendor-logos/${vendor.toLowerCase()}.svg`
