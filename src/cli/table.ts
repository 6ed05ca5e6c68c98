import { widthOf } from './paint.ts'

/** Lines of aligned columns, `gap` between them. `right` says which columns hold numbers. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = [], gap = '  '): string[] {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell)))
        return right.includes(column) ? padding + cell : cell + padding
      })
      .join(gap)
      .trimEnd(),
  )
}

/** Rows without some of their columns, for a terminal that has no room for all. */
export const without = (rows: readonly (readonly string[])[], columns: readonly number[]): string[][] =>
  rows.map((row) => row.filter((_, column) => !columns.includes(column)))

/** The first of several tables that is no wider than `width`; the last where none is. */
export const fitting = (tables: readonly (readonly string[])[], width: number): readonly string[] =>
  tables.find((lines) => lines.every((line) => widthOf(line) <= width)) ?? tables.at(-1) ?? []

/** A text in lines of at most `width` columns, each but the first behind `indent`. */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(lines.length === 0 ? word : indent + word)
  }
  return lines
}
