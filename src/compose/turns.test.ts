import { expect, test } from 'vitest'
import { Turns } from './turns.ts'

const forever = new AbortController().signal

/** Work that ends when it is told to. */
function work() {
  let end = () => {}
  let hasBegun = false
  const run = () => {
    hasBegun = true
    return new Promise<void>((resolve) => {
      end = resolve
    })
  }
  return { run, end: () => end(), hasBegun: () => hasBegun }
}

test('no more run at once than may, and the first to come is the next', async () => {
  const turns = new Turns(2)
  const [a, b, c, d] = [work(), work(), work(), work()]
  const running = [a, b, c, d].map((each) => turns.take(forever, each.run))
  expect([a, b, c, d].map((each) => each.hasBegun())).toEqual([true, true, false, false])
  b.end()
  await running[1]
  expect([c.hasBegun(), d.hasBegun()]).toEqual([true, false])
  c.end()
  await running[2]
  expect(d.hasBegun()).toBe(true)
  a.end()
  d.end()
  await Promise.all(running)
})

test('who gives up waiting does not run, and costs nobody a turn', async () => {
  const turns = new Turns(1)
  const [first, second, third] = [work(), work(), work()]
  const running = turns.take(forever, first.run)
  const patience = new AbortController()
  const given = turns.take(patience.signal, second.run)
  const last = turns.take(forever, third.run)
  patience.abort(new Error('gone'))
  await expect(given).rejects.toThrow('gone')
  first.end()
  await running
  expect([second.hasBegun(), third.hasBegun()]).toEqual([false, true])
  third.end()
  await last
})

test('work that fails gives its turn back', async () => {
  const turns = new Turns(1)
  await expect(turns.take(forever, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await turns.take(forever, async () => 'next')).toBe('next')
})
