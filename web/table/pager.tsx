import { Button } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { ListPage } from './list.ts'
import type { ListAddress } from './list-address.ts'
import { rangeWords } from './range.ts'
import { PAGE_SIZE } from './use-list.ts'

interface PagerProps {
  readonly page: ListPage<unknown>
  /** Place of the first record of the page; null where it is not known. */
  readonly from: number | null
  readonly goTo: ListAddress<string>['goTo']
  readonly total: number | null
  readonly isBusy: boolean
}

/** Which records of how many are shown, and the way to the others. */
export function Pager({ page, from, goTo, total, isBusy }: PagerProps) {
  const { next, previous, rows } = page
  const move = (cursor: string | null, place: number | null) => {
    if (!isBusy) goTo(cursor, place)
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
