import { BUCKETS } from '../sim/http/rate-limit.ts'
import type { Sim } from '../sim/index.ts'

/** Another tool of the same org, with the same token, that takes a third of what the users bucket grants it. */
export interface Neighbor {
  readonly counts: { sent: number; refused: number }
  stop(): void
}

/** Starts it; it asks until it is stopped. */
export function startNeighbor(sim: Sim, limitScale: number): Neighbor {
  const perSecond = ((BUCKETS['/api/v1/users'] ?? 0) * 0.5 * limitScale) / 3 / 60
  const counts = { sent: 0, refused: 0 }
  const began = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    while (counts.sent < due) {
      counts.sent++
      fetch(`${sim.origin}/api/v1/users?limit=1`, { headers: { authorization: `SSWS ${sim.token}` } })
        .then(async (response) => {
          if (response.status === 429) counts.refused++
          await response.arrayBuffer()
        })
        .catch(() => undefined)
    }
  }, 100)
  return { counts, stop: () => clearInterval(timer) }
}
