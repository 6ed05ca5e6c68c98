import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { ListPage } from './list.ts'
import type { ListAddress } from './list-address.ts'
import { rangeWords } from './range.ts'
import { PAGE_SIZE } from './use-list.ts'

interface PagerProps {
  readonly page: ListPage<unknown>
  readonly address: Pick<ListAddress<string>, 'from' | 'goTo'>
  readonly total: number | null
  readonly isBusy: boolean
}

/** Which records of how many are shown, and the way to the others. */
export function Pager({ page, address, total, isBusy }: PagerProps) {
  const { next, previous, rows } = page
  // The edges of a list are known, whatever the address says.
  const from = previous === null ? 1 : address.from
  const move = (cursor: string | null, place: number | null) => {
    if (!isBusy) address.goTo(cursor, place)
  }
  return (
    <nav class="pager" aria-label="Pages">
      <p role="status" class="number small muted">
        {rangeWords(from, rows.length, total)}
      </p>
      <div class="row">
        <Button isDisabled={previous === null} onClick={() => move(previous, from === null ? null : from - PAGE_SIZE)}>
          <Icon name="back" />
          Previous
        </Button>
        <Button isDisabled={next === null} onClick={() => move(next, from === null ? null : from + rows.length)}>
          Next
          <Icon name="next" />
        </Button>
      </div>
    </nav>
  )
}
