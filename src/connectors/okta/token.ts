import { inspect } from 'node:util'
import { AppError } from '../../errors.ts'

/** Okta's own tokens have 42 characters; this is room for what Okta may come up with. */
const LONGEST = 2_048

/** What people paste around a token: header names, schemes, variable names, curl's option. */
const WRAPPINGS = [
  /^[\s"'`<\\]+|[\s"'`>\\,;]+$/g,
  /^(-H|--header)[\s=]*/i,
  /^(proxy-)?authorization\s*[:=]\s*/i,
  /^(export\s+)?OKTA_(API|CLIENT)_TOKEN\s*=\s*/i,
  /^(ssws|bearer)(\s+|\s*[:=]\s*|$)/i,
  // Without the blank between them, where what follows looks like a token of Okta's.
  /^ssws(?=00[\w-]{40}$)/i,
]

/** Marks that come along from a web page or a text file and show nothing: U+FEFF, U+200B to U+200F and their kin. */
const INVISIBLE = /[\p{Cf}\u115f\u3164]/gu

const PLACEHOLDERS = [
  /[{}<>[\]]|\$\(|^\$/,
  /^(your|my|the)?[-_ ]?(okta)?[-_ ]?(api)?[-_ ]?(token|key|secret)([-_ ]?here)?$/i,
  /^(.)\1*$/,
  /\*{3}|\.{3}/,
]

/**
 * The token itself out of what people paste: with quotes, blanks, line ends, `SSWS `, a whole header.
 * @throws AppError `token_missing` when nothing is left, `token_malformed` when it cannot be a token. Neither echoes it.
 */
export function cleanToken(input: string): string {
  let token = input.replace(INVISIBLE, '').replaceAll('\u00a0', ' ')
  for (let before = ''; before !== token; ) {
    before = token
    for (const wrapping of WRAPPINGS) token = token.replace(wrapping, '')
  }
  if (token === '') throw new AppError('token_missing', 'There is no Okta API token.')
  const problem = problemWith(token)
  if (problem) throw new AppError('token_malformed', `This cannot be an Okta API token: ${problem}.`)
  return token
}

function problemWith(token: string): string | null {
  if (token.length > LONGEST) return `it has ${token.length} characters`
  if (/\s/.test(token)) return 'it has a blank or a line break inside'
  if (PLACEHOLDERS.some((placeholder) => placeholder.test(token))) return 'it is a placeholder'
  if (!/^[\x21-\x7e]+$/.test(token)) return 'it has a character that no token has'
  return null
}

/** A token that shows itself to nobody who prints, inspects or serializes it. */
export class Token {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The token, for the request header and for sealing. */
  reveal(): string {
    return this.#value
  }

  get length(): number {
    return this.#value.length
  }

  /** `text` with every occurrence of the token replaced. */
  redact(text: string): string {
    return text.replaceAll(this.#value, '[removed]')
  }

  toString(): string {
    return '[token]'
  }

  toJSON(): string {
    return '[token]'
  }

  [inspect.custom](): string {
    return '[token]'
  }
}
