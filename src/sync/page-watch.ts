import { createHash } from 'node:crypto'
import { AppError } from '../errors.ts'

/** Pages in a row that show nothing new, each with a next link, after which a listing is taken to have no end. */
const NOTHING_NEW = 100

/** Watches over the pages of one listing, so that links that never end do not keep a sync for ever. */
export class PageWatch {
  readonly #cursors = new Set<string>()
  readonly #pages = new Set<string>()
  #nothingNew = 0

  /** Before the page at `cursor` is asked for. @throws AppError `paging_loop` where it was read before */
  enter(cursor: string | null): void {
    if (cursor === null) return
    if (this.#cursors.has(cursor))
      throw new AppError('paging_loop', 'A next link led back to a page that was already read.')
    this.#cursors.add(cursor)
  }

  /** After a page that has a next one. @throws AppError `paging_loop` where none of many has shown anything new */
  leave(items: readonly unknown[]): void {
    const page = fingerprint(items)
    const isNew = items.length > 0 && !this.#pages.has(page)
    this.#pages.add(page)
    this.#nothingNew = isNew ? 0 : this.#nothingNew + 1
    if (this.#nothingNew > NOTHING_NEW)
      throw new AppError('paging_loop', 'A listing goes on without showing anything new.')
  }
}

/** Which page this is, by its ends and its length: enough to know it again, whatever link led to it. */
function fingerprint(items: readonly unknown[]): string {
  const ends = JSON.stringify([items.length, items[0], items.at(-1)])
  return createHash('sha1').update(ends).digest('base64')
}
