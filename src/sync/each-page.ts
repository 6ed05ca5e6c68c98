import type { Page } from '../connectors/connector.ts'
import { type AppError, toAppError } from '../errors.ts'
import { PageWatch } from './page-watch.ts'

export interface Listing {
  /** Where it goes on; null: at its first page. */
  readonly from: string | null
  ask(cursor: string | null): Promise<Page>
  /** Keeps the page; the next one is asked for when that is done. */
  keep(page: Page): Promise<void>
  isOver(): boolean
  /** Whether the error says that the place in the listing is lost, and nothing else. */
  isLost(error: AppError): boolean
  /** Told before it starts again from its first page, which it does once. */
  onRestart(error: AppError): void
}

/**
 * Reads a listing page by page, until its end or until it is over for another reason.
 * @throws AppError what a page or its keeping failed with, or `paging_loop`
 */
export async function eachPage(listing: Listing): Promise<void> {
  let cursor = listing.from
  let watch = new PageWatch()
  let restarted = false
  while (!listing.isOver()) {
    try {
      watch.enter(cursor)
      const page = await listing.ask(cursor)
      await listing.keep(page)
      if (page.next === null) return
      watch.leave(page.items)
      cursor = page.next
    } catch (thrown) {
      const error = toAppError(thrown)
      if (cursor === null || restarted || !listing.isLost(error)) throw error
      listing.onRestart(error)
      restarted = true
      watch = new PageWatch()
      cursor = null
    }
  }
}
