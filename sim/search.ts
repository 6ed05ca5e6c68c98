import { OktaError } from './http/answer.ts'

/**
 * The SCIM-like filter language of `filter` and `search`, see https://developer.okta.com/docs/api/#filter
 * An expression asks a record for attributes by path and never needs the whole record.
 */
export type Expression =
  | { op: 'and'; left: Expression; right: Expression }
  | { op: 'or'; left: Expression; right: Expression }
  | { op: 'not'; inner: Expression }
  | { op: 'compare'; path: string; operator: Operator; value: Literal }

export type Operator = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le' | 'sw' | 'co' | 'ew' | 'pr'
export type Literal = string | number | boolean | null

const OPERATORS: readonly string[] = ['eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'ew', 'pr']

/** Attributes a listing may be asked about, and how. */
export interface Grammar {
  attributes: RegExp
  operators?: readonly Operator[]
  /** What Okta answers to anything else. */
  code: 'E0000031' | 'E0000053' | 'E0000001'
}

export function parseFilter(text: string, grammar: Grammar): Expression {
  const tokens = tokenize(text, grammar)
  let at = 0
  const refuse = (why: string) => new OktaError(grammar.code, 'filter', [why])
  const word = () => tokens[at]?.toLowerCase()

  const or = (): Expression => {
    let left = and()
    while (word() === 'or') {
      at += 1
      left = { op: 'or', left, right: and() }
    }
    return left
  }
  const and = (): Expression => {
    let left = unary()
    while (word() === 'and') {
      at += 1
      left = { op: 'and', left, right: unary() }
    }
    return left
  }
  const unary = (): Expression => {
    if (word() === 'not') {
      at += 1
      return { op: 'not', inner: unary() }
    }
    if (word() !== '(') return comparison()
    at += 1
    const inner = or()
    if (tokens[at] !== ')') throw refuse('A bracket is not closed.')
    at += 1
    return inner
  }
  const comparison = (): Expression => {
    const path = tokens[at] ?? ''
    const operator = tokens[at + 1]?.toLowerCase() ?? ''
    if (!grammar.attributes.test(path)) throw refuse(`Unsupported attribute: ${path}`)
    if (!isOperator(operator) || (grammar.operators && !grammar.operators.includes(operator))) {
      throw refuse(`Unsupported operator: ${operator}`)
    }
    at += 2
    if (operator === 'pr') return { op: 'compare', path, operator, value: null }
    const value = literal(tokens[at])
    if (value === undefined) throw refuse(`A value is missing after ${path} ${operator}`)
    at += 1
    return { op: 'compare', path, operator, value }
  }

  const expression = or()
  if (at < tokens.length) throw refuse(`Unexpected: ${tokens[at]}`)
  return expression
}

/** `attribute` answers with one value, or a list of which any may fit. */
export function isMatch(expression: Expression, attribute: (path: string) => unknown): boolean {
  switch (expression.op) {
    case 'and':
      return isMatch(expression.left, attribute) && isMatch(expression.right, attribute)
    case 'or':
      return isMatch(expression.left, attribute) || isMatch(expression.right, attribute)
    case 'not':
      return !isMatch(expression.inner, attribute)
  }
  const found = attribute(expression.path)
  const values = Array.isArray(found) ? found : [found]
  return values.some((value) => compares(value, expression.operator, expression.value))
}

/** The value at a dotted path; through lists it gathers all values. */
export function valueAt(record: unknown, path: string): unknown {
  let current: unknown = record
  for (const part of path.split('.')) {
    if (Array.isArray(current)) current = current.map((item) => valueAt(item, part))
    else if (typeof current === 'object' && current !== null)
      current = Object.entries(current).find(([k]) => k === part)?.[1]
    else return undefined
  }
  return current
}

function compares(value: unknown, operator: Operator, wanted: Literal): boolean {
  if (operator === 'pr') return value !== undefined && value !== null
  if (operator === 'ne') return !equals(value, wanted)
  if (value === undefined || value === null) return operator === 'eq' && wanted === null
  if (operator === 'eq') return equals(value, wanted)
  const [a, b] = comparable(value, wanted)
  if (operator === 'gt') return a > b
  if (operator === 'ge') return a >= b
  if (operator === 'lt') return a < b
  if (operator === 'le') return a <= b
  const [text, part] = [String(value).toLowerCase(), String(wanted).toLowerCase()]
  return operator === 'sw' ? text.startsWith(part) : operator === 'ew' ? text.endsWith(part) : text.includes(part)
}

/** Text compares without case; numbers and truth values also when written in quotes. */
function equals(value: unknown, wanted: Literal): boolean {
  return String(value).toLowerCase() === String(wanted).toLowerCase()
}

const TIME = /^\d{4}-\d\d-\d\dT/

function comparable(value: unknown, wanted: Literal): [string | number, string | number] {
  const [a, b] = [String(value), String(wanted)]
  if (TIME.test(a) && TIME.test(b)) return [Date.parse(a), Date.parse(b)]
  if (typeof value === 'number') return [value, Number(wanted)]
  return [a.toLowerCase(), b.toLowerCase()]
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+/g

function tokenize(text: string, grammar: Grammar): string[] {
  if (text.replace(TOKEN, '').trim() !== '') throw new OktaError(grammar.code, 'filter', ['A quote is not closed.'])
  return text.match(TOKEN) ?? []
}

function literal(token: string | undefined): Literal | undefined {
  if (token === undefined || token === ')' || token === '(') return undefined
  if (token.startsWith('"')) {
    try {
      return String(JSON.parse(token))
    } catch {
      return undefined
    }
  }
  if (token === 'true' || token === 'false') return token === 'true'
  if (token === 'null') return null
  return Number.isNaN(Number(token)) ? undefined : Number(token)
}

function isOperator(word: string): word is Operator {
  return OPERATORS.includes(word)
}
