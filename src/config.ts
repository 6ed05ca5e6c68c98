import { isIP } from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { ENCRYPTION_KEY_FORM, parseEncryptionKey } from './encryption-key.ts'
import { AppError } from './errors.ts'
import { LOG_LEVELS, type LogLevel } from './log.ts'

/** What the environment sets. Everything has a default. */
export interface Config {
  /** A PostgreSQL 15+ server; null: the embedded one in `dataDir`. */
  readonly databaseUrl: string | null
  readonly dataDir: string
  /** Origins that may be http: simulated orgs on this machine. */
  readonly allowedInsecureOrigins: readonly string[]
  readonly logLevel: LogLevel
  /** The part of each of Okta's rate limits that Rollcall allows itself. */
  readonly rateShare: number
  /** Requests in flight at most; null: what the connector thinks right. */
  readonly maxInFlight: number | null
  /** Keys that open stored credentials; the first seals. Empty: the embedded default has its own in a file. */
  readonly encryptionKeys: readonly Buffer[]
  /** Where people reach the server, without a slash at the end; null: where it listens. */
  readonly publicUrl: string | null
  /** Requests a minute that each API key may make; 0: any number. */
  readonly apiRateLimit: number
  /** Addresses from which Okta is called, as its network zones have them; empty: nobody has said. */
  readonly egressAddresses: readonly string[]
  /** What /metrics asks for; null: it answers this machine only. */
  readonly metricsToken: string | null
  /** Days for which changes of records are kept. */
  readonly changesDays: number
}

export type Environment = Readonly<Record<string, string | undefined>>

const LOOPBACK_ORIGIN = /^http:\/\/127\.0\.0\.1:([1-9]\d{0,4})$/

/** Never repeats the value: a URL has a password in it. */
const databaseUrl = z.string().superRefine((value, context) => {
  if (!/^postgres(ql)?:\/\//.test(value)) {
    context.addIssue('must start with postgres:// or postgresql://')
  } else if (!URL.canParse(value)) {
    context.addIssue('is not a valid URL (special characters in the password must be percent-encoded)')
  }
})

const insecureOrigins = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .superRefine((origins, context) => {
    for (const origin of origins) {
      if (Number(LOOPBACK_ORIGIN.exec(origin)?.[1] ?? Number.NaN) <= 65_535) continue
      context.addIssue(
        `takes exact origins like http://127.0.0.1:8080, separated by commas; "${origin.slice(0, 80)}" is not one`,
      )
    }
  })

const between = (least: string, most: number, isInside: (value: number) => boolean) =>
  z.string().transform((text, context) => {
    const value = Number(text)
    if (text.trim() !== '' && isInside(value)) return value
    context.addIssue(`must be a number ${least} and at most ${most}, and is "${text.slice(0, 20)}"`)
    return z.NEVER
  })

/** Never repeats the value, here and below: it is a secret, or may be one that was put in the wrong place. */
const encryptionKey = z.string().transform((text, context) => {
  const key = parseEncryptionKey(text)
  if (key) return key
  context.addIssue(ENCRYPTION_KEY_FORM)
  return z.NEVER
})

const encryptionKeys = z.string().transform((text, context) => {
  const keys = text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(parseEncryptionKey)
  const found = keys.filter((key) => key !== null)
  if (found.length === keys.length) return found
  context.addIssue(`takes keys separated by commas, each of which ${ENCRYPTION_KEY_FORM}`)
  return z.NEVER
})

const publicUrl = z.string().transform((text, context) => {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash
  if (isPlain) return url.href.replace(/\/+$/, '')
  context.addIssue(
    'must be an http or https address such as https://rollcall.example.com, without a user, a query or a fragment',
  )
  return z.NEVER
})

/** Addresses or ranges, as people enter them into a network zone of Okta's. */
const egressAddresses = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  )
  .superRefine((addresses, context) => {
    for (const address of addresses) {
      if (isAddressOrRange(address)) continue
      context.addIssue(
        `takes IP addresses or ranges like 203.0.113.7 or 203.0.113.0/28, separated by commas; "${address.slice(0, 80)}" is not one`,
      )
    }
  })

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  const isWithin = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 6 ? 128 : 32))
  return version !== 0 && isWithin && more.length === 0
}

/** Visible ASCII only: it travels in a header. */
const metricsToken = z
  .string()
  .trim()
  .regex(/^[!-~]{16,}$/, {
    error: 'must be at least 16 letters, digits and signs (make one with: openssl rand -hex 32)',
  })

const settings = z.object({
  DATABASE_URL: databaseUrl.optional(),
  ROLLCALL_DATA_DIR: z.string().optional(),
  ROLLCALL_ALLOWED_INSECURE_ORIGINS: insecureOrigins.optional(),
  ROLLCALL_LOG: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).optional(),
  ROLLCALL_RATE_SHARE: between('above 0', 1, (share) => share > 0 && share <= 1).optional(),
  ROLLCALL_MAX_IN_FLIGHT: between('from 1', 75, (n) => Number.isInteger(n) && n >= 1 && n <= 75).optional(),
  ROLLCALL_ENCRYPTION_KEY: encryptionKey.optional(),
  ROLLCALL_PREVIOUS_ENCRYPTION_KEYS: encryptionKeys.optional(),
  ROLLCALL_PUBLIC_URL: publicUrl.optional(),
  ROLLCALL_API_RATE_LIMIT: between(
    'from 0',
    1_000_000,
    (n) => Number.isInteger(n) && n >= 0 && n <= 1_000_000,
  ).optional(),
  ROLLCALL_EGRESS_ADDRESSES: egressAddresses.optional(),
  ROLLCALL_METRICS_TOKEN: metricsToken.optional(),
  ROLLCALL_CHANGES_DAYS: between('from 1', 3650, (n) => Number.isInteger(n) && n >= 1 && n <= 3650).optional(),
})

const NAMES = Object.keys(settings.shape)

/**
 * Reads the settings. Warnings are about variables that look like ours and are not.
 * @throws AppError `config_invalid`, a line for each mistake
 */
export function readConfig(env: Environment, machine: Machine = thisMachine()): { config: Config; warnings: string[] } {
  // An empty variable is an unset one: that is how compose files and CI pass on what is not there.
  const given = Object.fromEntries(NAMES.map((name) => [name, env[name] || undefined]))
  const parsed = settings.safeParse(given)
  if (!parsed.success) throw new AppError('config_invalid', mistakes(parsed.error.issues))
  const { data } = parsed
  const { ROLLCALL_ENCRYPTION_KEY: key, ROLLCALL_PREVIOUS_ENCRYPTION_KEYS: previousKeys = [] } = data
  if (!key && previousKeys.length > 0)
    throw new AppError('config_invalid', 'ROLLCALL_PREVIOUS_ENCRYPTION_KEYS needs ROLLCALL_ENCRYPTION_KEY beside it.')
  const config: Config = {
    databaseUrl: data.DATABASE_URL ?? null,
    dataDir: dataDir(data.ROLLCALL_DATA_DIR, env, machine),
    allowedInsecureOrigins: data.ROLLCALL_ALLOWED_INSECURE_ORIGINS ?? [],
    logLevel: data.ROLLCALL_LOG ?? 'warn',
    rateShare: data.ROLLCALL_RATE_SHARE ?? 0.9,
    maxInFlight: data.ROLLCALL_MAX_IN_FLIGHT ?? null,
    encryptionKeys: key ? [key, ...previousKeys] : [],
    publicUrl: data.ROLLCALL_PUBLIC_URL ?? null,
    apiRateLimit: data.ROLLCALL_API_RATE_LIMIT ?? 6_000,
    egressAddresses: data.ROLLCALL_EGRESS_ADDRESSES ?? [],
    metricsToken: data.ROLLCALL_METRICS_TOKEN ?? null,
    changesDays: data.ROLLCALL_CHANGES_DAYS ?? 90,
  }
  return { config, warnings: unknownSettings(env) }
}

function mistakes(issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.map((issue) => `${String(issue.path[0])} ${issue.message}.`)
  return lines.length === 1 ? (lines[0] ?? '') : [`${lines.length} settings are wrong:`, ...lines].join('\n')
}

function unknownSettings(env: Environment): string[] {
  const ours = NAMES.filter((name) => name.startsWith('ROLLCALL_'))
  return Object.keys(env)
    .filter((name) => name.startsWith('ROLLCALL_') && !NAMES.includes(name))
    .map((name) => {
      const [nearest] = [...ours].sort((a, b) => editDistance(name, a) - editDistance(name, b))
      return `${name} is not a setting of Rollcall; the nearest one is ${nearest}.`
    })
}

/** What default places depend on. */
export interface Machine {
  readonly platform: string
  readonly uid: number | undefined
  readonly home: string
}

const thisMachine = (): Machine => ({ platform: process.platform, uid: process.getuid?.(), home: homedir() })

/**
 * Where the embedded database is: where programs of that system keep their data. Root's is outside its home, because
 * PostgreSQL refuses to run as root and no other user may look into /root.
 */
function dataDir(given: string | undefined, env: Environment, { platform, uid, home }: Machine): string {
  if (given) return path.resolve(given.replace(/^~(?=\/|$)/, home))
  const xdg = env.XDG_DATA_HOME
  // "All paths must be absolute": https://specifications.freedesktop.org/basedir-spec/latest/
  if (xdg && path.isAbsolute(xdg)) return path.join(xdg, 'rollcall')
  if (uid === 0) return '/var/lib/rollcall'
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'rollcall')
  return path.join(home, '.local', 'share', 'rollcall')
}

/** Letters to add, drop or change to make one word the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const letter of a) {
    const next = [(row[0] ?? 0) + 1]
    for (const [index, other] of [...b].entries()) {
      const changed = (row[index] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
