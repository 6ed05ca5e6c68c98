import { z } from 'zod'
import { flag, wholeNumber } from './parameters.ts'

/** Paging of lists that are short: organizations, connections, jobs, the audit log. */
export const offsetQuery = {
  limit: wholeNumber('Items of a page.', { from: 0, to: 1_000, otherwise: 100 }),
  offset: wholeNumber('How many items to skip.', { from: 0, otherwise: 0 }),
  excludeTotal: flag('Do not count: `total` is null.'),
} as const

interface OffsetPaging {
  readonly limit: number
  readonly offset: number
  readonly excludeTotal: boolean
}

/** The answer of such a list. */
export const offsetListOf = <Item extends z.ZodType>(item: Item, name: string) =>
  z
    .object({
      count: z.int().describe('Items in this answer.'),
      items: z.array(item).describe('The items of this page.'),
      total: z.int().nullable().describe('Items that there are; null with `excludeTotal`.'),
    })
    .meta({ id: name, description: 'One page of a list.' })

export async function answerList<Item>(
  paging: OffsetPaging,
  list: {
    readonly items: (slice: { readonly limit: number; readonly offset: number }) => Item[] | Promise<Item[]>
    readonly count: () => Promise<number>
  },
): Promise<{ count: number; items: Item[]; total: number | null }> {
  const { limit, offset, excludeTotal } = paging
  const [items, total] = await Promise.all([list.items({ limit, offset }), excludeTotal ? null : list.count()])
  return { count: items.length, items, total }
}
