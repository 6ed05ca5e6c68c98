import { describe, expect, it } from 'vitest'
import { estimateRemaining, type StepProgress } from './progress.ts'

const step = (over: Partial<StepProgress>) =>
  ({ state: 'running', bucket: '/api/v1/users', parents: null, seconds: 0, ...over }) as StepProgress
const bucket = (perMinute: number | null) => ({
  bucket: '/api/v1/users',
  limit: 600,
  remaining: 300,
  resetsInMs: 1_000,
  perMinute,
})

describe('the time left', () => {
  it('follows the limits where they are the slower', () => {
    const steps = [step({ parents: { done: 100, total: 1_000 }, seconds: 1 })]
    expect(estimateRemaining(steps, [bucket(300)])).toBe(180_000)
  })

  it('follows our own speed where Okta allows more', () => {
    const steps = [step({ parents: { done: 100, total: 1_000 }, seconds: 10 })]
    expect(estimateRemaining(steps, [bucket(1e9)])).toBe(90_000)
  })

  it('adds up the steps that share a bucket', () => {
    const steps = [step({ parents: { done: 0, total: 100 } }), step({ parents: { done: 0, total: 200 } })]
    expect(estimateRemaining(steps, [bucket(300)])).toBe(60_000)
  })

  it('goes by the plan where a step has not counted its parents yet', () => {
    const plan = { requests: 0, seconds: null, at_least: false, buckets: {}, resources: { users: 50, factors: 350 } }
    const steps = [step({ stream: 'users', requests: 50 }), step({ stream: 'factors', requests: 0 })]
    expect(estimateRemaining(steps, [bucket(300)], plan)).toBe(70_000)
    const counted = step({ stream: 'factors', parents: { done: 0, total: 300 } })
    expect(estimateRemaining([counted], [bucket(300)], plan)).toBe(60_000)
  })

  it('is unknown before anything is counted, and leaves out what has ended', () => {
    expect(estimateRemaining([step({})], [bucket(300)])).toBeNull()
    const ended = step({ state: 'ended', parents: { done: 5, total: 10 }, seconds: 5 })
    expect(estimateRemaining([ended], [bucket(300)])).toBeNull()
  })
})
