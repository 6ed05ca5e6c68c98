import { expect, test } from 'vitest'
import { csvCell, csvLine } from './csv.ts'
import { exportWriter } from './export-format.ts'

test.each([
  [null, ''],
  [undefined, ''],
  ['plain', 'plain'],
  ['with, comma', '"with, comma"'],
  ['with "quotes"', '"with ""quotes"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  [true, 'true'],
  [-5, '-5'],
  [[], '[]'],
  [{ a: 'b,c' }, '"{""a"":""b,c""}"'],
  ['Łukasz 名', 'Łukasz 名'],
])('%j becomes %s', (value, cell) => {
  expect(csvCell(value)).toBe(cell)
})

test.each([
  ['=1+1', "'=1+1"],
  ['+49 30 1234', "'+49 30 1234"],
  ['-2', "'-2"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['\n=1', '"\'\n=1"'],
  ['\uff1d1+1', "'\uff1d1+1"],
  ['\uff20SUM(A1)', "'\uff20SUM(A1)"],
  ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
])('a spreadsheet does not run %j', (text, cell) => {
  expect(csvCell(text)).toBe(cell)
})

test('a line ends with CRLF', () => {
  expect(csvLine(['a', 1, null])).toBe('a,1,\r\n')
})

const row = { id: '1', name: '=x', tags: ['a'], raw: '{"id": "00u1",\n "n": 12345678901234567890}' }

test('jsonl keeps raw as it was received, on one line', () => {
  const writer = exportWriter('jsonl', ['id', 'name', 'tags', 'raw'])
  expect(writer.head).toBe('')
  expect(writer.line(row)).toBe(
    '{"id":"1","name":"=x","tags":["a"],"raw":{"id": "00u1",  "n": 12345678901234567890}}\n',
  )
})

test('csv has a header, and raw as a column of JSON text', () => {
  const writer = exportWriter('csv', ['id', 'raw'])
  expect(writer.head).toBe('id,raw\r\n')
  expect(writer.line(row)).toBe('1,"{""id"": ""00u1"",\n ""n"": 12345678901234567890}"\r\n')
})
