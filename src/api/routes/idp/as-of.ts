import { toldSince } from '../../../store/as-of.ts'
import type { Connection } from '../../../store/connections.ts'
import type { Relation } from '../../../store/relations.ts'
import { mistakeAt } from '../../failure.ts'
import type { ApiServices } from '../../services.ts'

/** @throws AppError `invalid_request` that names since when it can be told, where `asOf` is before that or to come */
export async function refuseUntold(
  call: { readonly services: ApiServices; readonly connection: Pick<Connection, 'id' | 'vendor'> },
  relation: Relation,
  asOf: string | null,
): Promise<void> {
  if (asOf === null) return
  const { db, clock, connectors } = call.services
  if (Date.parse(asOf) > clock.now()) throw mistakeAt(['query', 'asOf'], 'is in the future')
  const entities = [relation.parent, relation.entity, ...relation.through].map((entity) => entity?.name)
  const resources = connectors.find(({ vendor }) => vendor === call.connection.vendor)?.resources ?? []
  const streams = resources.filter(({ entity }) => entities.includes(entity)).map(({ name }) => name)
  const since = await toldSince(db, { connectionId: call.connection.id, streams })
  if (since === null) throw mistakeAt(['query', 'asOf'], 'cannot be told: this was never read yet')
  if (asOf < since) throw mistakeAt(['query', 'asOf'], `cannot be told before ${since}`)
}
