import { stripVTControlCharacters } from 'node:util'

/** Colors. `plain` takes them away where nobody would see them. */
export type Color = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan'
export type Paint = (color: Color, text: string) => string

/** Select Graphic Rendition: https://en.wikipedia.org/wiki/ANSI_escape_code#SGR */
const CODES: Readonly<Record<Color, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
}

export const plain: Paint = (_color, text) => text

export const painter = (isColored: boolean): Paint =>
  isColored ? (color, text) => text && `\x1b[${CODES[color][0]}m${text}\x1b[${CODES[color][1]}m` : plain

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with one
const ESCAPES = /(\x1b\[[0-9;]*m)/

/** Columns that a text takes, colors not counted. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length

/** The beginning of a line that fits into `width` columns; colors are ended. */
export function clip(line: string, width: number): string {
  if (widthOf(line) <= width) return line
  let shown = ''
  let used = 0
  for (const part of line.split(ESCAPES)) {
    if (part.startsWith('\x1b')) {
      shown += part
      continue
    }
    const letters = [...part].slice(0, Math.max(0, width - 1 - used))
    used += letters.length
    shown += letters.join('')
  }
  const isColored = shown.includes('\x1b')
  return `${shown}…${isColored ? '\x1b[0m' : ''}`
}
