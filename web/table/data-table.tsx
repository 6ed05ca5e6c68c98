import './data-table.css'
import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { Mark } from '../../ui/mark.tsx'
import type { Listed } from './list.ts'

/**
 * A column. `place` is where its cell goes when there is no room for a table and each row becomes two lines: `name` and
 * `state` are the first line, `below` and `aside` the second; `wide` is not shown then, `widest` only where there is plenty
 * of room.
 */
export interface Column<Row> {
  readonly key: string
  readonly label: string
  readonly place: 'name' | 'state' | 'below' | 'aside' | 'wide' | 'widest'
  /** How wide: by default an equal share of what is left. */
  readonly width?: 'number' | 'short' | 'state' | 'time' | 'moment' | 'large'
  cell(row: Row): ComponentChildren
}

interface DataTableProps<Row extends Listed> {
  /** What is listed, for those who do not see the heading. */
  readonly label: string
  /** The same array as long as nothing about the columns changes: rows are drawn anew otherwise. */
  readonly columns: readonly Column<Row>[]
  /** Null while the first ones are on their way. */
  readonly rows: readonly Row[] | null
  /** Rows to keep room for while there are none. */
  readonly expected?: number
  /** Whether others are on their way in place of the rows. */
  readonly isBusy?: boolean
  /** Whether the head stays in sight. */
  readonly isSticky?: boolean
  /** Whether the row, or what it stands for, has vanished from Okta. */
  readonly isGone?: (row: Row) => boolean
}

/** Records as a table; where it is narrow, as a list of two lines each. */
export function DataTable<Row extends Listed>(props: DataTableProps<Row>) {
  const { label, columns, rows, expected = 8, isBusy = false, isSticky = false, isGone = isDeleted } = props
  // The same elements for the same rows: what is shown is not compared again while something around it changes.
  const body = useMemo(
    () => rows?.map((row) => <RecordRow key={row.id} row={row} columns={columns} isGone={isGone(row)} />),
    [rows, columns, isGone],
  )
  return (
    <div class={`data-table${isSticky ? ' sticky' : ''}`}>
      <table aria-label={label} aria-busy={isBusy || rows === null ? 'true' : undefined}>
        <thead>
          <tr>
            {columns.map(({ key, label: name, place, width = 'even' }) => (
              <th key={key} scope="col" class={`${place} width-${width}`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{body ?? <ComingRows count={expected} columns={columns} />}</tbody>
      </table>
    </div>
  )
}

const isDeleted = (row: Listed): boolean => row.is_deleted

interface RecordRowProps<Row> {
  readonly row: Row
  readonly columns: readonly Column<Row>[]
  readonly isGone: boolean
}

function RecordRow<Row>({ row, columns, isGone }: RecordRowProps<Row>) {
  return (
    <tr class={isGone ? 'gone' : undefined}>
      {columns.map((column) => (
        <td key={column.key} class={column.place}>
          {column.cell(row)}
          {isGone && column.place === 'name' && (
            <span class="gone-mark">
              <Mark tone="idle">No longer in Okta</Mark>
            </span>
          )}
        </td>
      ))}
    </tr>
  )
}

/** Room for rows that are on their way. */
function ComingRows({
  count,
  columns,
}: {
  readonly count: number
  readonly columns: readonly { key: string; place: string }[]
}) {
  return Array.from({ length: count }, (_, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <tr key={place} class="coming-row">
      {columns.map((column) => (
        <td key={column.key} class={column.place}>
          <span class="blank" />
        </td>
      ))}
    </tr>
  ))
}
