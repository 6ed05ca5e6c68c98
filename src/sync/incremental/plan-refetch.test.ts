import { describe, expect, it } from 'vitest'
import type { QueuedTarget } from '../../store/refetch-queue.ts'
import { placeOf, planRefetch } from './plan-refetch.ts'

let seq = 0
const line = (
  kind: QueuedTarget['kind'],
  stream: string,
  key: string,
  more: Partial<QueuedTarget> = {},
): QueuedTarget => ({
  kind,
  stream,
  key,
  shown_by_stream: '',
  shown_by_key: '',
  unless_rows: null,
  seq: ++seq,
  attempts: 0,
  ...more,
})
/** A user whose groups are to be read, because of one group. */
const member = (user: string, group: string) =>
  line('children', 'user_groups', user, { shown_by_stream: 'group_memberships', shown_by_key: group })
const moved = (group: string, rows: number) => line('children', 'group_memberships', group, { unless_rows: rows })

/** Listings of groups take as many requests as their name says: `g3` three. */
const requestsOf = ({ key }: { key: string }) => Number(/\d+/.exec(key)?.[0] ?? 1)
const plan = (queue: readonly QueuedTarget[], tried: readonly string[] = []) => {
  const { reads, checks } = planRefetch(queue, requestsOf, (place) => !tried.includes(place))
  return {
    reads: reads.map(placeOf).sort(),
    checks: checks.map(placeOf).sort(),
    lines: reads.map((read) => read.lines),
  }
}

describe('the plan of what is read again', () => {
  it('reads once what is named for several reasons, and is done with all of them', () => {
    const queue = [line('children', 'user_groups', 'u'), member('u', 'g9'), member('u', 'g8')]
    expect(plan(queue)).toMatchObject({ reads: ['children user_groups u'], lines: [queue] })
  })

  it('reads a listing in place of what is named of it where that is cheaper', () => {
    const queue = ['a', 'b', 'c'].map((user) => member(user, 'g2'))
    expect(plan(queue)).toEqual({ reads: ['children group_memberships g2'], checks: [], lines: [queue] })
  })

  it('reads what is named where the listing is not cheaper', () => {
    const queue = ['a', 'b'].map((user) => member(user, 'g2'))
    expect(plan(queue).reads).toEqual(['children user_groups a', 'children user_groups b'])
  })

  it('reads what is named by itself as well, although a listing shows it', () => {
    const queue = [member('a', 'g1'), member('b', 'g1'), member('a', 'g9')]
    expect(plan(queue).reads).toEqual(['children group_memberships g1', 'children user_groups a'])
  })

  it('reads the listing of a parent that moved where it costs no more than the one thing named of it', () => {
    const queue = [moved('g1', 150), member('a', 'g1')]
    expect(plan(queue)).toMatchObject({ reads: ['children group_memberships g1'], checks: [] })
    expect(plan(queue).lines[0]).toHaveLength(2)
  })

  it('leaves the listing of a large parent to its count, once what is named of it is read', () => {
    const queue = [moved('g5', 900), member('a', 'g5')]
    expect(plan(queue)).toMatchObject({ reads: ['children user_groups a'], checks: ['children group_memberships g5'] })
  })

  it('reads a small parent that moved without a reason, and looks at the count of a large one first', () => {
    expect(plan([moved('g1', 3), moved('g5', 900)])).toMatchObject({
      reads: ['children group_memberships g1'],
      checks: ['children group_memberships g5'],
    })
  })

  it('reads a whole stream in place of its records', () => {
    const queue = [line('stream', 'applications', ''), line('record', 'applications', 'x')]
    expect(plan(queue)).toMatchObject({ reads: ['stream applications '], lines: [queue] })
  })

  it('does not try again what was tried, and reads what a listing that failed would have shown', () => {
    const queue = [line('children', 'group_memberships', 'g1'), member('a', 'g1')]
    expect(plan(queue).reads).toEqual(['children group_memberships g1'])
    expect(plan(queue, ['children group_memberships g1']).reads).toEqual(['children user_groups a'])
  })
})
