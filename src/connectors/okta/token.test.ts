import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { cleanToken, Token } from './token.ts'

const REAL = '00aB-_cdefghijklmnopqrstuvwxyz0123456789AB'

function codeOf(input: string): string {
  try {
    return cleanToken(input)
  } catch (error) {
    return error instanceof AppError ? error.code : 'not an AppError'
  }
}

describe('a pasted token', () => {
  test.each([
    REAL,
    ` ${REAL}\n`,
    `"${REAL}"`,
    `'${REAL}'`,
    `\`${REAL}\``,
    `\u201c${REAL}\u201d`.replace(/[\u201c\u201d]/g, '"'),
    `SSWS ${REAL}`,
    `ssws\t${REAL}`,
    `SSWS SSWS ${REAL}`,
    `SSWS${REAL}`,
    `Authorization: SSWS ${REAL}`,
    `authorization:ssws ${REAL}`,
    `-H "Authorization: SSWS ${REAL}"`,
    `--header='Authorization: SSWS ${REAL}'`,
    `Bearer ${REAL}`,
    `export OKTA_API_TOKEN="${REAL}"`,
    `OKTA_CLIENT_TOKEN=${REAL}`,
    `\uFEFF${REAL}\u200B`,
    `\u00A0${REAL}\u00A0`,
    `${REAL};`,
    `<${REAL}>`,
    ` " SSWS ${REAL} " \r\n`,
  ])('B139: %j is cleaned down to the token', (pasted) => {
    expect(cleanToken(pasted)).toBe(REAL)
  })

  test.each(['', '   ', '\n', '""', 'SSWS', 'SSWS ', 'Authorization:', 'Bearer', '\uFEFF'])(
    'B138: %j holds no token',
    (pasted) => {
      expect(codeOf(pasted)).toBe('token_missing')
    },
  )

  test.each([
    '00abc def',
    `${REAL}\n${REAL}`,
    '00abc\u2026',
    '00ab\u00e9',
    '00ab\u0000c',
    'x'.repeat(5_000),
    '{yourApiToken}',
    '<token>',
    '<your token here>',
    '\u0024{OKTA_API_TOKEN}',
    'your-api-token',
    'YOUR_OKTA_API_TOKEN',
    '00abc***',
    '********',
    'xxxxxxxx',
  ])('%j cannot be a token', (pasted) => {
    expect(codeOf(pasted)).toBe('token_malformed')
  })

  test('a refused token is not repeated in the error', () => {
    expect(() => cleanToken('secret-1 secret-2')).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/secret/) }),
    )
  })
})

test('B158: a token shows itself to nobody who prints it', () => {
  const token = new Token(REAL)
  const holder = { token, nested: [{ token }] }
  const seen = [inspect(holder, { depth: 9, showHidden: true }), JSON.stringify(holder), `${token}`, String([token])]
  for (const text of seen) expect(text).not.toContain(REAL)
  expect(Object.keys(token)).toEqual([])
  expect(token.reveal()).toBe(REAL)
  expect(token.redact(`a ${REAL} b ${REAL}`)).toBe('a [removed] b [removed]')
})
