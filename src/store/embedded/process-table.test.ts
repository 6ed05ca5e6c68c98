import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { afterAll, expect, test } from 'vitest'
import { eventually } from '../../../test/harness/eventually.ts'
import { nameOf, startTimeOf, worksIn } from './process-table.ts'

const sleeper = spawn('sleep', ['60'], { cwd: tmpdir() })
afterAll(() => {
  sleeper.kill()
})

test('a running process has a name and a start time that does not change', () => {
  expect(nameOf(sleeper.pid ?? 0)).toBe('sleep')
  expect(startTimeOf(process.pid)).toBeTruthy()
  expect(startTimeOf(process.pid)).toBe(startTimeOf(process.pid))
})

test('a process that ended has neither, and ids that are none have neither', async () => {
  const child = spawn('true')
  await once(child, 'exit')
  for (const pid of [child.pid ?? 0, 0, -1, Number.NaN]) expect(startTimeOf(pid)).toBeUndefined()
})

test('a zombie counts as gone', async () => {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; wait'])
  const [line] = await once(parent.stdout, 'data')
  const child = Number(String(line))
  expect(startTimeOf(child)).toBeDefined()
  // A parent that is stopped does not look after its dead.
  parent.kill('SIGSTOP')
  process.kill(child, 'SIGKILL')
  await eventually(() => expect(startTimeOf(child)).toBeUndefined())
  expect(() => process.kill(child, 0)).not.toThrow()
  parent.kill('SIGKILL')
})

test.runIf(process.platform === 'linux')('the working folder of a process is recognized, also by another name', () => {
  expect(worksIn(sleeper.pid ?? 0, `${tmpdir()}/../${tmpdir()}`)).toBe('yes')
  expect(worksIn(sleeper.pid ?? 0, '/')).toBe('no')
})
