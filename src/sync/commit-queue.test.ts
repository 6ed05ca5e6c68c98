import { describe, expect, it } from 'vitest'
import { CommitQueue } from './commit-queue.ts'

describe('the commit queue', () => {
  it('saves together what became ready while the last save ran, in order', async () => {
    const saved: number[][] = []
    let release = () => {}
    const first = new Promise<void>((resolve) => {
      release = resolve
    })
    const queue = new CommitQueue<number>(
      async (items) => {
        saved.push([...items])
        if (saved.length === 1) await first
      },
      64,
      () => 1,
    )
    const all = [1, 2, 3, 4].map((item) => queue.commit(item))
    release()
    await Promise.all(all)
    expect(saved).toEqual([[1], [2, 3, 4]])
  })

  it('never saves more than its limit at once', async () => {
    const sizes: number[] = []
    const queue = new CommitQueue<number>(
      async (items) => {
        sizes.push(items.length)
      },
      2,
      () => 1,
    )
    await Promise.all([1, 2, 3, 4, 5].map((item) => queue.commit(item)))
    expect(Math.max(...sizes)).toBe(2)
  })

  it('saves an item alone that is heavier than its limit', async () => {
    const saved: number[][] = []
    const queue = new CommitQueue<number>(
      async (items) => {
        saved.push([...items])
      },
      100,
      (item) => item,
    )
    await Promise.all([500, 60, 30, 20].map((item) => queue.commit(item)))
    expect(saved).toEqual([[500], [60, 30], [20]])
  })

  it('saves what comes in the same breath as the end of a save', async () => {
    const saved: number[] = []
    const queue = new CommitQueue<number>(
      async (items) => {
        saved.push(...items)
      },
      64,
      () => 1,
    )
    await queue.commit(1)
    const next = queue.commit(2)
    expect(await Promise.race([next.then(() => 'saved'), new Promise((resolve) => setTimeout(resolve, 200))])).toBe(
      'saved',
    )
    expect(saved).toEqual([1, 2])
  })

  it('tells everybody in a failed save, and goes on with the next', async () => {
    let fail = true
    const queue = new CommitQueue<number>(
      async () => {
        if (fail) throw new Error('no space')
      },
      64,
      () => 1,
    )
    await expect(queue.commit(1)).rejects.toThrow('no space')
    fail = false
    await expect(queue.commit(2)).resolves.toBeUndefined()
  })
})
