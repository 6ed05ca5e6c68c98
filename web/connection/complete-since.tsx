import type { Schema } from '../../src/client/index.ts'
import { Ago } from '../ui/time.tsx'
import { completeSince } from './health-words.ts'

/** As of when everything of a connection that can be read is current: a round makes it so as well as a full sync. */
export function CompleteSince({ health }: { readonly health: Schema<'ConnectionHealth'> | null }) {
  const since = completeSince(health)
  if (since === null) return <>{health ? 'Not read completely yet' : 'Nothing read yet'}</>
  return (
    <>
      Current as of <Ago at={since} />
    </>
  )
}
