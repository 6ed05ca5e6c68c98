import { describe, expect, test } from 'vitest'
import { Gate, type Pass } from './gate.ts'

const nobody = () => undefined

function enter(gate: Gate, onRoom: () => void = nobody): Pass {
  const pass = gate.tryEnter(onRoom)
  if (!pass) throw new Error('the gate is full')
  return pass
}

describe('a gate', () => {
  test('B015: lets in no more than its size', () => {
    const gate = new Gate(2)
    const first = enter(gate)
    enter(gate)
    expect(gate.tryEnter(nobody)).toBeNull()
    first.leave()
    first.leave()
    enter(gate)
    expect(gate.tryEnter(nobody)).toBeNull()
  })

  test('B015: shares the size of the gate around it with others', () => {
    const outer = new Gate(3)
    const [one, other] = [new Gate(2, outer), new Gate(2, outer)]
    const called: string[] = []
    const pass = enter(one)
    enter(one)
    enter(other)
    expect(other.tryEnter(() => called.push('other'))).toBeNull()
    pass.leave()
    expect(called).toEqual(['other'])
    enter(other)
    expect(one.tryEnter(nobody)).toBeNull()
  })

  test('lets waiters take turns', () => {
    const gate = new Gate(1)
    const order: string[] = []
    let pass = enter(gate)
    const waiter = (name: string) => {
      const onRoom = () => {
        const mine = gate.tryEnter(onRoom)
        if (!mine) return
        order.push(name)
        pass = mine
        expect(gate.tryEnter(onRoom)).toBeNull()
      }
      expect(gate.tryEnter(onRoom)).toBeNull()
    }
    waiter('a')
    waiter('b')
    for (let i = 0; i < 4; i++) pass.leave()
    expect(order).toEqual(['a', 'b', 'a', 'b'])
  })

  test('B002: narrows to half what was in flight, once for all that were in flight together', () => {
    const gate = new Gate(8)
    const passes = Array.from({ length: 8 }, () => enter(gate))
    for (const pass of passes) pass.crowded()
    expect(gate.capacity).toBe(4)
    for (const pass of passes) pass.leave()
    enter(gate).crowded()
    expect(gate.capacity).toBe(1)
  })

  test('B002: widens by one after many good answers, never above its size', () => {
    const gate = new Gate(4)
    const passes = Array.from({ length: 4 }, () => enter(gate))
    passes[0]?.crowded()
    for (const pass of passes) pass.leave()
    expect(gate.capacity).toBe(2)
    const good = (count: number) => {
      for (let i = 0; i < count; i++) {
        const pass = enter(gate)
        pass.fine()
        pass.leave()
      }
    }
    good(59)
    expect(gate.capacity).toBe(2)
    good(1)
    expect(gate.capacity).toBe(3)
    good(1_000)
    expect(gate.capacity).toBe(4)
  })
})
