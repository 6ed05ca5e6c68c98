import { useId } from 'preact/hooks'
import type { Schema } from '../../src/client/index.ts'
import { Mark } from '../../ui/mark.tsx'
import { formatCounted } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { outcomeWords, resourceWords } from '../connection/words.ts'

type Resource = Schema<'ResourceHealth'>

/** Resources that lack the same for the same reason. */
interface Gap {
  readonly outcome: Resource['outcome']
  readonly reason: string | null
  readonly remedy: string | null
  readonly names: readonly string[]
}

/** What was not read completely and why, each reason once. Nothing where everything was read. */
export function Missing({ resources }: { readonly resources: readonly Resource[] }) {
  const { path } = useConnection()
  const id = useId()
  const gaps = gapsOf(resources.filter(({ outcome }) => outcome !== 'complete' && outcome !== 'not_available'))
  const absent = resources
    .filter(({ outcome }) => outcome === 'not_available')
    .map(({ resource }) => resourceWords(resource))
  if (gaps.length === 0 && absent.length === 0) return null
  return (
    <section class="card overview-part wide" aria-labelledby={id}>
      <div class="row apart">
        <h2 id={id}>{gaps.length > 0 ? 'Not everything could be read' : 'Not in this org'}</h2>
        <a class="small" href={path('sync')}>
          All resources
        </a>
      </div>
      <ul class="missing">
        {gaps.map(({ outcome, reason, remedy, names }) => (
          <li key={names.join()}>
            <Mark tone={outcomeWords(outcome).tone}>{outcomeWords(outcome).text}</Mark>
            <div>
              <strong>{names.join(', ')}</strong>
              {reason && <p class="muted">{reason}</p>}
              {remedy && (
                <p>
                  <strong>What to do: </strong>
                  {remedy}
                </p>
              )}
            </div>
          </li>
        ))}
        {absent.length > 0 && (
          <li>
            <Mark tone="idle">Not available</Mark>
            <div>
              <strong>{absent.join(', ')}</strong>
              <p class="muted">Okta does not offer this in the org. Nothing is missing.</p>
            </div>
          </li>
        )}
      </ul>
    </section>
  )
}

function gapsOf(resources: readonly Resource[]): Gap[] {
  const gaps = new Map<string, Gap>()
  for (const { resource, outcome, reason: said, rejected, remedy } of resources) {
    const reason = said ?? (rejected > 0 ? `${formatCounted(rejected, 'item')} could not become records.` : null)
    const key = JSON.stringify([outcome, reason, remedy])
    const names = [...(gaps.get(key)?.names ?? []), resourceWords(resource)]
    gaps.set(key, { outcome, reason, remedy, names })
  }
  return [...gaps.values()]
}
