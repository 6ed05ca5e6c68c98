import type { Schema } from '../../src/client/index.ts'
import { Ago } from '../ui/time.tsx'
import { completeSince } from './health-words.ts'

/** Since when everything of a connection that can be read is complete, in words. */
export function CompleteSince({ health }: { readonly health: Schema<'ConnectionHealth'> | null }) {
  const since = completeSince(health)
  if (since === null) return <>{health ? 'Not read completely yet' : 'Nothing read yet'}</>
  return (
    <>
      Complete <Ago at={since} />
    </>
  )
}
