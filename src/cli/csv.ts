/**
 * CSV by RFC 4180: https://www.rfc-editor.org/rfc/rfc4180
 *
 * Spreadsheets run a cell that begins with one of these as a formula, in some locales with their full-width forms too,
 * and what is in it was typed by somebody else. Such texts get an apostrophe in front: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

export const csvLine = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`

/** Null is an empty cell; lists and objects are JSON text. Only text can be a formula: a negative number stays one. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'string') return quoted(FORMULA.test(value) ? `'${value}` : value)
  return quoted(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
