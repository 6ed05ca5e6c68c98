export interface Measured {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** How long each call took, in milliseconds, while `walkers` made one after another for so many seconds. */
export async function latencies(order: {
  seconds: number
  walkers: number
  walk(walker: number): () => Promise<void>
}): Promise<number[]> {
  const taken: number[] = []
  const until = performance.now() + order.seconds * 1000
  const run = async (next: () => Promise<void>) => {
    for (let began = performance.now(); began < until; began = performance.now()) {
      await next()
      taken.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: order.walkers }, (_, walker) => run(order.walk(walker))))
  return taken
}

export function summary(taken: readonly number[], seconds: number): Measured {
  const sorted = [...taken].sort((a, b) => a - b)
  const at = (share: number) => rounded(sorted[Math.floor(sorted.length * share)] ?? Number.NaN)
  return { perSecond: rounded(taken.length / seconds), p50: at(0.5), p99: at(0.99) }
}

const rounded = (value: number) => Math.round(value * 100) / 100
