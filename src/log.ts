import pino from 'pino'

/**
 * JSON lines on stderr: a constant message, variables in fields.
 * error: a person must act. warn: handled, but data or speed suffered. info: a state change. debug: each request.
 * Never tokens, bodies, emails or profile values.
 */
export interface Log {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
}

export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export function createLog(level: LogLevel): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }))
}

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} }
