import type { StoredRow } from '../store/list.ts'
import { csvLine } from './csv.ts'

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** How rows become text. `raw` comes as JSON text, and stays as it was received. */
export interface Writer {
  readonly head: string
  line(row: StoredRow): string
}

export const exportWriter = (format: ExportFormat, columns: readonly string[]): Writer =>
  format === 'csv'
    ? { head: csvLine(columns), line: (row) => csvLine(columns.map((column) => row[column])) }
    : { head: '', line: (row) => jsonLine(row, columns) }

function jsonLine(row: StoredRow, columns: readonly string[]): string {
  const fields = columns.map((column) => {
    const value = row[column] ?? null
    return `${JSON.stringify(column)}:${column === 'raw' && typeof value === 'string' ? oneLine(value) : JSON.stringify(value)}`
  })
  return `{${fields.join(',')}}\n`
}

/** JSON text without line breaks: inside its strings they are escaped, so these only lay it out. */
const oneLine = (json: string): string => json.replace(/[\r\n]+/g, ' ')
