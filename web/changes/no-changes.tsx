import { Button } from '../../ui/button.tsx'
import { useConnection } from '../connection/context.tsx'
import type { ListAddress } from '../table/list-address.ts'
import { Ago } from '../ui/time.tsx'

interface NoChangesProps {
  readonly address: Pick<ListAddress<'includeFirstRead'>, 'hasFilters' | 'cursor' | 'clear' | 'change' | 'goTo'>
}

/** Why no change is shown: none match, nothing was read yet, or nothing has changed since. */
export function NoChanges({ address }: NoChangesProps) {
  const { answer, path } = useConnection()
  const health = answer.data?.health ?? null
  if (address.cursor !== null)
    return (
      <div class="nothing">
        <h3>There are no older changes</h3>
        <p>
          <Button onClick={() => address.goTo(null, null)}>Newest</Button>
        </p>
      </div>
    )
  if (address.hasFilters)
    return (
      <div class="nothing">
        <h3>No changes match these filters</h3>
        <p>
          <Button onClick={address.clear}>Clear filters</Button>
        </p>
      </div>
    )
  if (answer.data && !health)
    return (
      <div class="nothing">
        <h3>Nothing has been read yet</h3>
        <p class="muted">Changes show here from the end of the first sync on.</p>
        <p>
          <a href={path('sync')}>How far the sync is</a>
        </p>
      </div>
    )
  return (
    <div class="nothing">
      <h3>Nothing has changed since the first sync</h3>
      <p class="muted">
        {health?.checked_at && (
          <>
            Rollcall looked <Ago at={health.checked_at} />.{' '}
          </>
        )}
        What the first sync found counts as no change.
      </p>
      <p>
        <Button onClick={() => address.change({ includeFirstRead: 'true' })}>Show what the first sync found</Button>
      </p>
    </div>
  )
}
