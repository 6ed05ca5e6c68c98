import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { dataFolders, query, serverPid, startRollcall } from '../../../test/harness/embedded-process.ts'
import { eventually } from '../../../test/harness/eventually.ts'
import { openEmbedded } from './index.ts'
import { startTimeOf } from './process-table.ts'

const folders = dataFolders(afterAll)

test('of three processes that start at once on an empty folder, one starts the server and two adopt it', async () => {
  const dataDir = folders.empty()
  const processes = await Promise.all(
    [1, 2, 3].map(async () => {
      const started = startRollcall(dataDir)
      return { ...started, ...(await started.answer) }
    }),
  )
  expect(processes.map(({ adopted }) => adopted).sort()).toEqual([false, true, true])
  expect(new Set(processes.map(({ url }) => url)).size).toBe(1)

  // The one that started it leaves first; one that is killed does not count.
  const starter = processes.find(({ adopted }) => !adopted)
  const [second, third] = processes.filter(({ adopted }) => adopted)
  const pid = serverPid(dataDir)
  await starter?.leave()
  await second?.kill()
  const present = `select application_name from pg_stat_activity where application_name like 'rollcall%'`
  await eventually(async () => expect(await query(third?.url ?? '', present)).toHaveLength(1))
  await third?.leave()
  expect(startTimeOf(pid)).toBeUndefined()
})

test('the server is not stopped under a person who is connected to it', async () => {
  const dataDir = await folders.withCluster()
  const server = await openEmbedded(dataDir)
  const person = new pg.Client({ connectionString: server.url })
  await person.connect()
  await server.leave()
  await expect(person.query('select 1')).resolves.toBeDefined()
  await person.end()

  const next = await openEmbedded(dataDir)
  expect(next.adopted).toBe(true)
  const pid = serverPid(dataDir)
  await next.leave()
  expect(startTimeOf(pid)).toBeUndefined()
})

test('a pool that is ended just before leaving does not count', async () => {
  const dataDir = await folders.withCluster()
  const server = await openEmbedded(dataDir)
  const pool = new pg.Pool({ connectionString: server.url })
  await Promise.all([1, 2, 3].map(() => pool.query('select pg_sleep(0.01)')))
  const pid = serverPid(dataDir)
  void pool.end()
  await server.leave()
  expect(startTimeOf(pid)).toBeUndefined()
})

test('a process that was killed in the middle of a query does not count', async () => {
  const dataDir = await folders.withCluster()
  const server = await openEmbedded(dataDir)
  const pid = serverPid(dataDir)
  const client = new pg.Client({ connectionString: server.url })
  client.on('error', () => {})
  await client.connect()
  const query = client.query('select pg_sleep(60)').catch(() => 'cut off')
  // What the server sees of a `kill -9`: the socket is closed without a word.
  client.connection.stream.destroy()
  await server.leave()
  await query
  expect(startTimeOf(pid)).toBeUndefined()
})

test('whoever opens always gets a server that answers, however others come and go', async () => {
  const dataDir = await folders.withCluster()
  const visit = async () => {
    const server = await openEmbedded(dataDir)
    await expect(query(server.url, 'select 1')).resolves.toHaveLength(1)
    await server.leave()
  }
  const visitor = async () => {
    for (let visits = 0; visits < 4; visits++) await visit()
  }
  const pid = await openEmbedded(dataDir).then(async (server) => {
    const first = serverPid(dataDir)
    await server.leave()
    return first
  })
  await Promise.all([visitor(), visitor(), visitor()])
  expect(startTimeOf(pid)).toBeUndefined()
  await eventually(() => expect(() => serverPid(dataDir)).toThrow())
})
