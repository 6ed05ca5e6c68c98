import type { Fault, SimCall, SimRequest } from '../../sim/index.ts'
import type { Session } from '../../src/connectors/connector.ts'
import type { SignedInClient } from '../../src/connectors/okta/client/client.ts'
import type { TestOrg } from '../harness/org.ts'

/** Works with a client of the org that no sync stands behind. */
export async function withClient<T>(
  org: TestOrg,
  work: (client: SignedInClient, session: Session<SignedInClient>) => Promise<T>,
): Promise<T> {
  const session = org.session()
  try {
    return await work(clientOf(session), session)
  } finally {
    await session.close()
  }
}

export const clientOf = (session: Session<SignedInClient>, signal = new AbortController().signal): SignedInClient =>
  session.client({ resource: 'test', background: false, signal, onRequest: () => undefined })

/** So many calls, all begun at once. */
export const atOnce = <T>(count: number, call: (number: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, number) => call(number)))

/** What was asked under a route so far. */
export const asked = (org: TestOrg, route: string): SimRequest[] =>
  org.sim.requests.filter((request) => request.route === route)

/** A fault that meets the first call of every route, once. */
export function onceEach(fault: Omit<Fault, 'match' | 'where'>): Fault {
  const met = new Set<string>()
  const isFirst = ({ route }: SimCall) => !met.has(route) && met.add(route).size > 0
  return { match: /\/api\/v1/, where: isFirst, ...fault }
}

export const limitOf = ({ path }: SimRequest): string | null => new URL(path, 'http://sim').searchParams.get('limit')
export const cursorOf = ({ path }: SimRequest): string | null => new URL(path, 'http://sim').searchParams.get('after')

/** Milliseconds that the clock moved while the work was done. */
export async function duration(org: TestOrg, work: () => Promise<unknown>): Promise<number> {
  const startedAt = org.clock.now()
  await work()
  return org.clock.now() - startedAt
}
