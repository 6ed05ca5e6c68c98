import { describe, expect, test } from 'vitest'
import { AppError } from '../../errors.ts'
import { explainError, judgeStart, startFailure } from './failures.ts'
import { layoutOf } from './layout.ts'

const layout = layoutOf('/data')
const line = (text: string) => `2026-01-01 00:00:00.000 UTC [1] ${text}\n`

describe('what the server said when it did not start', () => {
  test.each([
    ['retry_port', 'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use'],
    ['retry_port', 'FATAL:  could not create any TCP/IP sockets'],
    ['retry_later', 'FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use'],
    ['retry_later', 'FATAL:  lock file "postmaster.pid" already exists'],
    ['database_disk_full', 'FATAL:  could not write lock file "postmaster.pid": No space left on device'],
    ['database_disk_full', 'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device'],
    ['embedded_start_failed', 'FATAL:  could not create shared memory segment: No space left on device'],
    ['embedded_start_failed', 'FATAL:  could not open file "pg_wal/000000010000000000000001": Permission denied'],
    ['embedded_start_failed', 'FATAL:  could not load library "/opt/lib/postgresql/dict_snowball.so"'],
    ['embedded_start_failed', 'FATAL:  could not open file "/opt/share/timezonesets/Default": No such file'],
    ['embedded_start_failed', 'FATAL:  configuration file "/proc/self/cwd/postgresql.conf" contains errors'],
    ['database_damaged', 'PANIC:  could not locate a valid checkpoint record at 0/174B630'],
    ['database_damaged', 'FATAL:  required WAL directory "pg_wal" does not exist'],
    ['database_damaged', 'FATAL:  could not access status of transaction 753'],
    ['database_damaged', 'FATAL:  could not load /proc/self/cwd/pg_hba.conf'],
    ['database_damaged', 'FATAL:  could not read file "global/pg_filenode.map": read 1 of 524'],
  ])('%s: %s', (verdict, text) => {
    expect(judgeStart(line('LOG:  starting PostgreSQL') + line(text) + line('LOG:  shutting down'))).toBe(verdict)
  })

  test('a disk that only the checkpointer found full is still a full disk', () => {
    const log =
      line('ERROR:  could not write file "pg_xact/0000": No space left on device') +
      line('FATAL:  checkpoint request failed')
    expect(judgeStart(log)).toBe('database_disk_full')
  })

  test('what was told to clients while the server tried is no reason', () => {
    const log =
      line('FATAL:  could not read file "global/pg_filenode.map": read 1 of 524') +
      line('FATAL:  the database system is in recovery mode')
    expect(judgeStart(log)).toBe('database_damaged')
    expect(judgeStart(line('FATAL:  the database system is starting up'))).toBe('embedded_start_failed')
  })

  test('the last FATAL or PANIC line is quoted, with the real folder in it', () => {
    const log =
      line('FATAL:  first') + line('FATAL:  "/proc/self/cwd" is not a valid data directory') + line('LOG:  bye')
    expect(startFailure(layout, log).message).toBe(
      'The database in /data is damaged and PostgreSQL cannot open it: FATAL: "/data/pgdata" is not a valid data directory.',
    )
  })

  test('a program that gave up before there was a log is quoted too', () => {
    const error = startFailure(layout, 'postgres: could not find the database system\nExpected to find it elsewhere\n')
    expect(error.code).toBe('database_damaged')
    expect(error.message).toContain('postgres: could not find the database system')
  })
})

describe('errors that were thrown', () => {
  const fileError = (code: string) => Object.assign(new Error(`${code}: sorry`), { code })

  test.each([
    ['ENOSPC', 'database_disk_full'],
    ['EDQUOT', 'database_disk_full'],
    ['EACCES', 'embedded_start_failed'],
    ['EROFS', 'embedded_start_failed'],
  ])('%s is %s', (code, expected) => {
    expect(explainError(layout, fileError(code))).toMatchObject({ code: expected })
  })

  test('our own errors are passed on', () => {
    const error = new AppError('database_damaged', 'x')
    expect(explainError(layout, error)).toBe(error)
  })

  test('anything else is a failed start, with what it said', () => {
    const cause = fileError('57P01')
    expect(explainError(layout, cause)).toMatchObject({
      code: 'embedded_start_failed',
      message: 'The database in /data cannot be opened: 57P01: sorry.',
      cause,
    })
  })
})
