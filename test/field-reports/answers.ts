import type { Fault } from '../../sim/index.ts'

/** A record as the simulated org sends it. */
export type Sent = Record<string, unknown>

/** A fault that changes the records of a list one by one; undefined drops one. */
export const eachRecord = (match: string | RegExp, change: (record: Sent, place: number) => unknown): Fault => ({
  match,
  transform: (body) =>
    Array.isArray(body)
      ? body.map((record: Sent, place) => change(record, place)).filter((record) => record !== undefined)
      : body,
})

/** A fault that changes the record with this id, wherever it is listed. */
export const oneRecord = (match: string | RegExp, id: string, change: (record: Sent) => unknown): Fault =>
  eachRecord(match, (record) => (record.id === id ? change(record) : record))

/** An error body of Okta's shape. */
export const oktaError = (errorCode: string, errorSummary: string, causes: readonly string[] = []): Sent => ({
  errorCode,
  errorSummary,
  errorLink: errorCode,
  errorId: 'oae1',
  errorCauses: causes.map((cause) => ({ errorSummary: cause })),
})

/** What is kept of a record as received. */
export const rawOf = (row: Sent | undefined): unknown => JSON.parse(String(row?.raw ?? 'null'))
