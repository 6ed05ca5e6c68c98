import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { Output } from './output.ts'
import { clip, painter, widthOf } from './paint.ts'

const red = painter(true)
let output: Output

afterEach(() => output?.live?.close())

function terminal(env: Record<string, string> = {}, size = { isTTY: true, columns: 40, rows: 5 }) {
  const stderr = Object.assign(new PassThrough(), size)
  const stdout = new PassThrough()
  output = new Output({ stdout, stderr, env })
  return { stdout, stderr, shown: () => String(stderr.read() ?? '') }
}

test('a line is cut to the width of the terminal, colors not counted', () => {
  expect(clip(red('red', 'abcdef'), 6)).toBe(red('red', 'abcdef'))
  const cut = clip(`${red('red', 'abc')}def`, 5)
  expect(stripVTControlCharacters(cut)).toBe('abcd…')
  expect(cut.endsWith('\x1b[0m')).toBe(true)
  expect(widthOf(red('bold', 'näme'))).toBe(4)
})

test('the live area is redrawn in place, never taller than the terminal', () => {
  const { shown } = terminal()
  output.live?.draw(['1', '2', '3', '4', '5', '6'])
  expect(stripVTControlCharacters(shown())).toBe('\r1\n2\n3\n4\n')
  output.live?.draw(['1', '2'])
  expect(shown()).toContain('\x1b[4A\r1\x1b[K\n2\x1b[K\n\x1b[J')
})

test('a note goes above the live area, which is drawn again below it', () => {
  const { shown } = terminal()
  output.live?.draw(['drawn'])
  shown()
  output.note('a note')
  const text = shown()
  expect(text.startsWith('\x1b[1A\r\x1b[Ja note\n')).toBe(true)
  expect(stripVTControlCharacters(text)).toBe('\ra note\n\rdrawn\n')
})

test('nothing is drawn where there is no terminal, or a dumb one', () => {
  terminal({}, { isTTY: false, columns: 0, rows: 0 })
  expect(output.live).toBeNull()
  terminal({ TERM: 'dumb' })
  expect(output.live).toBeNull()
})

test('NO_COLOR takes the colors away', () => {
  terminal({ NO_COLOR: '1' })
  expect(output.paintNotes('red', 'text')).toBe('text')
  terminal()
  expect(output.paintNotes('red', 'text')).toBe('\x1b[31mtext\x1b[39m')
})

test('a reader who goes away ends the writing, without an error', async () => {
  const { stdout } = terminal()
  stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  await output.write('more')
  expect(output.hasReader).toBe(false)
  await output.flush()
})

test('a disk that is full is an error, told once', async () => {
  const { stdout } = terminal()
  stdout.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))
  await expect(output.write('more')).rejects.toMatchObject({ code: 'database_disk_full' })
  await output.flush()
})
