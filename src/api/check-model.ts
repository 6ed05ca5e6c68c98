import { z } from 'zod'
import type { Check, Credentials, CheckRow as FoundRow } from '../connectors/connector.ts'
import { type AppError, ERRORS, toAppError } from '../errors.ts'
import type { ApiServices } from './services.ts'

export const CheckRowModel = z
  .object({
    family: z.string().describe("The vendor's name of the API: `List Users`."),
    resource: z.string().describe('The resource that is read with it.'),
    scope: z.string().describe('The scope that it needs.'),
    outcome: z.enum(['ok', 'not_permitted', 'not_available', 'failed']).describe('What came of it.'),
    detail: z.string().describe('What was found, in words.'),
    code: z.string().nullable().describe('What kind of error it was.'),
    remedy: z.string().nullable().describe('What to do about it.'),
    status: z.int().nullable().describe("The vendor's HTTP status, where it refused."),
    error_code: z.string().nullable().describe("The vendor's error code, where it refused."),
  })
  .meta({ id: 'CheckRow', description: 'Whether one API of the vendor can be read.' })

export const CheckModel = z
  .object({
    origin: z.string().describe('The address that was asked.'),
    org: z
      .object({
        id: z.string().describe('Its id.'),
        name: z.string().nullable().describe('Its name, where it may be read.'),
        engine: z.enum(['idx', 'v1']).nullable().describe('`idx` Identity Engine, `v1` Classic Engine.'),
      })
      .describe('The org that answered.'),
    owner: z
      .object({ id: z.string().describe('Its id.'), login: z.string().nullable().describe('Its login.') })
      .nullable()
      .describe('The user who made the token, whose rights it has; null where the vendor does not tell.'),
    rows: z.array(CheckRowModel).describe('Every API that a sync uses.'),
    verdict: z
      .enum(['ok', 'incomplete', 'unusable'])
      .describe('`incomplete`: a sync works, and some resources will be missing. `unusable`: it would read nothing.'),
    notes: z.array(z.string()).describe('What else a person should know.'),
  })
  .meta({ id: 'Check', description: 'What credentials can read.' })

export const ConnectionTest = z
  .object({
    is_valid: z.boolean().describe('Whether a sync works with these credentials.'),
    message: z.string().nullable().describe('What is wrong, or will be missing; null when everything can be read.'),
    code: z.string().nullable().describe('What kind of error it was; null where a sync works.'),
    check: CheckModel.nullable().describe('What each API answered; null where no org did.'),
  })
  .meta({ id: 'ConnectionTest', description: 'The test of credentials.' })
export type ConnectionTestResult = z.infer<typeof ConnectionTest>

/** What is said of an address that leads to an org that its connection was not made for. */
export const OTHER_ORG = 'The domain belongs to another org than the one this connection was made for.'

/** The test of credentials: whatever is wrong with them is an answer, not an error. */
export async function testCredentials(
  services: ApiServices,
  vendor: string,
  credentials: () => Promise<Credentials>,
  {
    signal,
    orgId = null,
    onRow,
  }: { readonly signal: AbortSignal; readonly orgId?: string | null; readonly onRow?: (row: FoundRow) => void },
): Promise<ConnectionTestResult> {
  try {
    const given = await credentials()
    const found = await services.vendors.check(vendor, given, signal, onRow)
    const check = { ...found, notes: [...given.notes, ...found.notes] }
    if (orgId !== null && orgId !== found.org.id)
      return {
        is_valid: false,
        message: `${OTHER_ORG} ${ERRORS.org_mismatch.remedy}`,
        code: 'org_mismatch',
        check: modelOf(check),
      }
    const isValid = check.verdict !== 'unusable'
    const code = isValid ? null : (gapsIn(check)[0]?.code ?? null)
    return { is_valid: isValid, message: messageOn(check), code, check: modelOf(check) }
  } catch (thrown) {
    const error = toAppError(thrown)
    if (!isAboutCredentials(error) || signal.aborted) throw error
    return { is_valid: false, message: `${error.message} ${error.remedy}`, code: error.code, check: null }
  }
}

/** Not of what is wrong on our side: that is for the operator, and answered as an error. */
export const isAboutCredentials = ({ code }: AppError): boolean =>
  code !== 'internal_error' && !code.startsWith('database_')

const gapsIn = ({ rows }: Check) => rows.filter(({ outcome }) => outcome === 'not_permitted' || outcome === 'failed')

function messageOn(check: Check): string | null {
  const { verdict } = check
  if (verdict === 'ok') return null
  const bad = gapsIn(check)
  const [first] = bad
  if (!first) return null
  const remedy = first.remedy ? ` ${first.remedy}` : ''
  if (verdict === 'unusable') return `${first.family}: ${first.detail}${remedy}`
  return `Cannot be read: ${[...new Set(bad.map(({ resource }) => resource))].join(', ')}.${remedy}`
}

/** The same, in lists that the answer's type takes. */
const modelOf = (check: Check): z.infer<typeof CheckModel> => ({
  ...check,
  org: { ...check.org },
  rows: check.rows.map((row) => ({ ...row })),
  notes: [...check.notes],
})
