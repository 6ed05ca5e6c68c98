import type { Place } from '../store/changes.ts'
import type { Connection } from '../store/connections.ts'
import { cursorInvalid, decodeCursor, encodeCursor } from './cursor.ts'
import { given, nothing, remembered } from './page.ts'
import { text, wholeNumber } from './parameters.ts'
import type { ApiServices } from './services.ts'

/** Longer than any cursor can be: the filters that it carries came in a URL. */
const LONGEST_CURSOR = 32_000

/** Query parameters of lists in the order of changes, which page by cursor alone. */
export const keysetQuery = {
  limit: wholeNumber('Changes of a page.', { from: 1, to: 1_000, otherwise: 100 }),
  cursor: text(
    '`next_cursor` of an earlier answer of this list. It carries the filters of the first request.',
    LONGEST_CURSOR,
  ),
} as const

interface Keyset<Filters extends object, Page> {
  /** The operationId, with the ids of its path where it has some. */
  readonly list: string
  readonly cursor: string | null
  /** As asked. Null is "not given", as is false for a flag. */
  readonly filters: Filters
  /** What comes after the place, null being the beginning. The filters may be those of a cursor: only these count. */
  read(from: Place | null, filters: Filters): Promise<Page>
}

/**
 * Reads on at a cursor, and makes the next one.
 * @throws AppError `cursor_invalid`; `invalid_request` for filters that contradict the cursor
 */
export async function readOn<Filters extends object, Page extends { readonly next: Place | null }>(
  call: { readonly services: Pick<ApiServices, 'sealer'>; readonly connection: Pick<Connection, 'id'> },
  keyset: Keyset<Filters, Page>,
): Promise<{ page: Page; cursorTo: (place: Place) => string }> {
  const { sealer } = call.services
  const place = { list: keyset.list, connectionId: call.connection.id }
  const cursor = keyset.cursor === null ? null : decodeCursor(sealer, place, keyset.cursor)
  const filters = cursor ? remembered(keyset.filters, cursor, nothing) : keyset.filters
  const page = await keyset.read(cursor && placeOf(cursor.key), filters)
  return {
    page,
    cursorTo: ({ tx, seq }) =>
      encodeCursor(sealer, place, { direction: 'next', key: [tx, seq], filters: given(filters, nothing) }),
  }
}

function placeOf(key: readonly (string | null)[] | null): Place {
  const [tx, seq] = key ?? []
  if (!tx || !seq) throw cursorInvalid('belongs to another list')
  return { tx, seq }
}
