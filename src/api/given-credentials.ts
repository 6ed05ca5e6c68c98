import type { ConnectorDescription, Credentials } from '../connectors/connector.ts'
import { toAppError } from '../errors.ts'
import { InvalidRequest, mistakeAt } from './failure.ts'
import type { ApiServices } from './services.ts'

/** @throws InvalidRequest when there is no such vendor, or none was named */
export function connectorOf({ connectors }: Pick<ApiServices, 'connectors'>, vendor: string | null | undefined) {
  if (vendor === null || vendor === undefined) throw mistakeAt(['body', 'vendor'], 'Field required', 'missing')
  const connector = connectors.find((one) => one.vendor === vendor)
  if (connector) return connector
  const known = connectors.map((one) => one.vendor).join(', ')
  throw mistakeAt(['body', 'vendor'], `must be one of ${known}`, 'enum')
}

/**
 * Credentials out of a body. Asks nobody.
 * @throws InvalidRequest that names the property that is wrong, and never repeats its value
 */
export function parseCredentials(
  connector: ConnectorDescription,
  given: Readonly<Record<string, unknown>> | null | undefined,
): Credentials {
  if (given === null || given === undefined) throw mistakeAt(['body', 'credentials'], 'Field required', 'missing')
  try {
    return connector.parseCredentials(given)
  } catch (thrown) {
    const error = toAppError(thrown)
    const { field } = error.details
    if (typeof field !== 'string') throw error
    const type = Object.hasOwn(given, field) ? 'value_error' : 'missing'
    throw new InvalidRequest(
      [{ loc: ['body', 'credentials', field], msg: `${error.message} ${error.remedy}`, type }],
      error.code,
    )
  }
}
