import { type Answer, OktaError } from '../http/answer.ts'
import type { SimCall } from '../http/call.ts'
import { page, placed, select } from '../paging.ts'
import { type Expression, isMatch } from '../search.ts'
import type { Table } from '../state/table.ts'

/** `search` with `sortBy` and `sortOrder`; equals are ordered by id. Cursors count positions in the sorted result. */
export function sortedSearch<T>(
  call: SimCall,
  table: Table<T>,
  attribute: (index: number, path: string) => unknown,
  expression: Expression,
  render: (record: T) => unknown,
): Answer {
  const by = call.query.get('sortBy') ?? 'id'
  const order = (call.query.get('sortOrder') ?? 'asc').toLowerCase()
  if (order !== 'asc' && order !== 'desc') {
    throw new OktaError('E0000001', 'sortOrder', ['sortOrder: must be asc or desc.'])
  }
  const sign = order === 'asc' ? 1 : -1
  const size = { default: 200, max: 200 }
  const isWanted = (index: number) => isMatch(expression, (path) => attribute(index, path))
  // Ids sort like indexes do, so this one order needs no sorting.
  if (by === 'id' && sign > 0) return page(call, size, (after) => select(table, after, isWanted), render)
  const found = [...table.indexes()].filter(isWanted)
  if (by === 'id') found.reverse()
  else {
    const keys = new Map(found.map((index) => [index, String(attribute(index, by) ?? '')]))
    found.sort((a, b) => sign * (keys.get(a) ?? '').localeCompare(keys.get(b) ?? '') || a - b)
  }
  return page(call, size, placed(found), (index) => {
    const record = table.get(index)
    return record === undefined ? undefined : render(record)
  })
}
