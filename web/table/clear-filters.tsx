import { Button } from '../../ui/button.tsx'
import type { ListAddress } from './list-address.ts'

/** Takes all filters out of the address; nothing where it has none. */
export function ClearFilters({ address }: { readonly address: Pick<ListAddress<string>, 'hasFilters' | 'clear'> }) {
  if (!address.hasFilters) return null
  return (
    <Button look="quiet" onClick={address.clear}>
      Clear filters
    </Button>
  )
}
