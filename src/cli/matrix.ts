import type { Check, CheckRow } from '../connectors/connector.ts'
import type { Paint } from './paint.ts'
import { fitting, table, without, wrap } from './table.ts'
import { words } from './wording.ts'

const MARKS = {
  ok: ['✓', 'green'],
  not_permitted: ['!', 'yellow'],
  not_available: ['–', 'dim'],
  failed: ['✗', 'red'],
} as const

const OUTCOMES = ['ok', 'not_permitted', 'not_available', 'failed'] as const

/** From harmless to bad: a resource of which the org lacks only a part is fine. */
const SEVERITY = ['not_available', 'ok', 'not_permitted', 'failed'] as const

const ENGINES = { idx: 'Identity Engine', v1: 'Classic Engine' }

const VERDICTS = {
  ok: 'Everything can be read.',
  incomplete: 'A sync works, but not everything can be read.',
  unusable: 'A sync would not work.',
}

/** What the token may read, line by line, and what to do about the rest. */
export function matrix(result: Check, paint: Paint, width: number): string[] {
  const header = ['', 'endpoint', 'resource', 'scope', 'result'].map((name) => paint('dim', name))
  const rows = result.rows.map(({ family, resource, scope, outcome }) => {
    const [mark, color] = MARKS[outcome]
    return [paint(color, mark), family, resource, scope, paint(color, words(outcome))]
  })
  const all = [header, ...rows]
  return [
    ...wrap(heading(result), width, '  '),
    '',
    ...fitting(
      [table(all), table(without(all, [2])), table(without(all, [2]), [], ' '), table(without(all, [2, 3]))],
      width,
    ),
    ...explanations(result.rows, width),
    ...notesBeside(result).flatMap((note) => ['', ...wrap(note, width)]),
    '',
    paint('bold', VERDICTS[result.verdict]),
  ]
}

/** The matrix with a line per resource: the worst of what its endpoints answered. */
export function briefMatrix({ rows }: Check, paint: Paint): string[] {
  const worst = new Map<string, CheckRow>()
  for (const row of rows) {
    const before = worst.get(row.resource)
    if (!before || SEVERITY.indexOf(row.outcome) > SEVERITY.indexOf(before.outcome)) worst.set(row.resource, row)
  }
  return table(
    [...worst.values()].map(({ resource, outcome }) => {
      const [mark, color] = MARKS[outcome]
      const scopes = new Set(rows.filter((row) => row.resource === resource).map(({ scope }) => scope))
      return [paint(color, mark), resource, paint('dim', [...scopes].join(', ')), paint(color, words(outcome))]
    }),
  )
}

/** The matrix as a sentence: `27 ok, 2 not permitted`. */
export function tally(rows: readonly CheckRow[]): string {
  return OUTCOMES.map((outcome) => [rows.filter((row) => row.outcome === outcome).length, words(outcome)] as const)
    .filter(([number]) => number > 0)
    .map(([number, name]) => `${number} ${name}`)
    .join(', ')
}

function heading({ origin, org, owner }: Check): string {
  const engine = org.engine === null ? null : ENGINES[org.engine]
  const facts = [org.id, engine, owner?.login ? `token of ${owner.login}` : null].filter((fact) => fact !== null)
  return `${origin}${org.name === null ? '' : `, ${org.name}`} (${facts.join(', ')})`
}

/** Notes that no row says already. */
const notesBeside = ({ rows, notes }: Check) => notes.filter((note) => !rows.some(({ remedy }) => remedy === note))

/** One for each thing to do, naming every endpoint that it is about. */
function explanations(rows: readonly CheckRow[], width: number): string[] {
  const families = new Map<string, string[]>()
  for (const { family, outcome, detail, remedy } of rows) {
    if (outcome === 'ok') continue
    const text = remedy === null || detail === remedy ? detail : `${detail} ${remedy}`
    families.set(text, [...(families.get(text) ?? []), family])
  }
  return [...families].flatMap(([text, names]) => ['', ...wrap(`${names.join(', ')}: ${text}`, width, '  ')])
}
