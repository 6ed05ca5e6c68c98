import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dataFolders, query, serverPid, startRollcall } from '../../../test/harness/embedded-process.ts'
import { eventually } from '../../../test/harness/eventually.ts'
import { type EmbeddedServer, openEmbedded, stopEmbedded } from './index.ts'
import { startTimeOf } from './process-table.ts'

const folders = dataFolders(afterAll)
const dataDir = folders.empty()
let server: EmbeddedServer
beforeAll(async () => {
  server = await openEmbedded(dataDir)
})
afterAll(() => server.leave())

const modeOf = (name: string) => statSync(path.join(dataDir, name)).mode & 0o777

test('an empty folder becomes a running server with the database rollcall', async () => {
  expect(server).toMatchObject({ adopted: false, dataDir })
  const [row] = await query<Record<string, string>>(
    server.url,
    `select current_database() as name, pg_encoding_to_char(encoding) as encoding, datlocale as locale,
            lower('É') as lower, array_to_string(array(select x from unnest('{b,B,a,é}'::text[]) x order by x), '') as sorted
     from pg_database where datname = current_database()`,
  )
  expect(row).toEqual({ name: 'rollcall', encoding: 'UTF8', locale: 'C.UTF-8', lower: 'é', sorted: 'Babé' })
})

test('it runs with durable commits, in UTC, on the loopback interface only', async () => {
  const rows = await query<{ name: string; setting: string }>(
    server.url,
    `select name, setting from pg_settings where name in
     ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'jit', 'TimeZone', 'listen_addresses',
      'unix_socket_directories', 'max_connections')`,
  )
  expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    data_checksums: 'on',
    jit: 'off',
    TimeZone: 'UTC',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '50',
  })
})

test('nobody else on the machine can read the data, its log or its password', () => {
  expect(modeOf('pg.json')).toBe(0o600)
  expect(modeOf('postgres.log')).toBe(0o600)
  expect(modeOf('pgdata')).toBe(0o700)
  expect(modeOf('.')).toBe(0o700)
})

test('a wrong password is refused', async () => {
  const url = server.url.replace(/:[^:@]+@/, ':wrong@')
  await expect(query(url, 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('opening it again adopts the server, and it stays until the last has left', async () => {
  const second = await openEmbedded(dataDir)
  expect(second).toMatchObject({ adopted: true, url: server.url })
  await second.leave()
  await expect(query(server.url, 'select 1')).resolves.toHaveLength(1)
})

test('what a failed statement was about is not written to the log', async () => {
  await expect(query(server.url, `select 'canary@example.com'::int`)).rejects.toThrow('canary')
  expect(readFileSync(path.join(dataDir, 'postgres.log'), 'utf8')).not.toContain('canary')
})

test.runIf(process.platform === 'linux')(
  'the server stays below 250 MB under a bulk load on several connections',
  async () => {
    await query(
      server.url,
      'create table records (id uuid primary key, batch int, raw jsonb); create index on records (batch, id)',
    )
    const load = (batch: number) =>
      query(
        server.url,
        `insert into records select gen_random_uuid(), ${batch}, jsonb_build_object('profile', repeat(md5(i::text), 25))
         from generate_series(1, 10000) i; select id, raw from records where batch = ${batch} order by id limit 200`,
      )
    let peak = 0
    const loads = Promise.all([1, 2, 3, 4].map(load)).finally(() => clearInterval(sampling))
    const sampling = setInterval(() => {
      peak = Math.max(peak, memoryOf(serverPid(dataDir)))
    }, 50)
    await loads
    expect(peak).toBeGreaterThan(10)
    expect(peak).toBeLessThan(250)
  },
)

/** Megabytes of a process and its children, shared pages counted once. */
function memoryOf(parent: number): number {
  const kilobytes = readdirSync('/proc').map((pid) => {
    try {
      const isOurs =
        Number(pid) === parent ||
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(parent)
      return isOurs ? Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) : 0
    } catch {
      return 0
    }
  })
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024
}

test('an open database does not keep a process from ending', async () => {
  const other = startRollcall(dataDir, { afterwards: 'end' })
  await expect(other.answer).resolves.toMatchObject({ adopted: true })
  await eventually(() => expect(other.child.exitCode).toBe(0))
})

test('after the last has left nothing runs, and a new start finds the data', async () => {
  await query(server.url, 'create table kept (x int)')
  const pid = serverPid(dataDir)
  await server.leave()
  await server.leave()
  expect(startTimeOf(pid)).toBeUndefined()
  expect(readdirSync(path.join(dataDir)).sort()).toEqual(['pg.json', 'pgdata', 'postgres.log'])
  server = await openEmbedded(dataDir)
  expect(server.adopted).toBe(false)
  await expect(query(server.url, 'select * from kept')).resolves.toEqual([])
})

test('stopEmbedded stops it whoever uses it, and says whether there was anything to stop', async () => {
  expect(await stopEmbedded(dataDir)).toBe(true)
  expect(readdirSync(dataDir).sort()).toEqual(['pg.json', 'pgdata', 'postgres.log'])
  expect(await stopEmbedded(dataDir)).toBe(false)
  expect(await stopEmbedded(path.join(dataDir, 'none'))).toBe(false)
  await expect(server.leave()).resolves.toBeUndefined()
})

test('a log that has grown large is put aside at the next start', async () => {
  const log = path.join(dataDir, 'postgres.log')
  truncateSync(log, 9 * 1024 * 1024)
  server = await openEmbedded(dataDir)
  expect(statSync(log).size).toBeLessThan(10_000)
  expect(statSync(`${log}.old`).size).toBe(9 * 1024 * 1024)
})

test.runIf(process.platform !== 'win32')('Ctrl-C in the terminal does not reach the server', async () => {
  const dataDir = folders.empty()
  const first = startRollcall(dataDir, { detached: true })
  const { url = '' } = await first.answer
  process.kill(-first.pid, 'SIGINT')
  await eventually(() => expect(first.child.signalCode).toBe('SIGINT'))
  await expect(query(url, 'select 1')).resolves.toHaveLength(1)
})

test('variables meant for another PostgreSQL do not confuse this one', async () => {
  const env = {
    ...process.env,
    PGPORT: '1',
    PGDATA: '/nowhere',
    PGHOST: 'example.com',
    PGUSER: 'x',
    PGPASSWORD: 'x',
    PGSSLMODE: 'require',
    TZ: 'Asia/Tokyo',
  }
  const other = startRollcall(await folders.withCluster(), { env })
  await expect(other.answer).resolves.toMatchObject({ adopted: false })
  await other.leave()
})
