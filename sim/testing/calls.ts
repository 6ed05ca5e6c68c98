import type { Sim, SimClock } from '../index.ts'

/** Small ways to ask the simulator, for its own tests. */

export async function get(sim: Sim, path: string, token = sim.token): Promise<Response> {
  return fetch(path.startsWith('http') ? path : sim.origin + path, {
    headers: { authorization: `SSWS ${token}` },
    redirect: 'manual',
  })
}

export async function getJson(sim: Sim, path: string, token = sim.token): Promise<unknown> {
  return (await get(sim, path, token)).json()
}

export type Listed = Record<string, unknown> & { id: string }

export async function getList(sim: Sim, path: string): Promise<Listed[]> {
  const body = await getJson(sim, path)
  if (!Array.isArray(body)) throw new Error(`${path} is no list: ${JSON.stringify(body)}`)
  return body
}

export function nextOf(response: Response): string | undefined {
  return /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
}

/** All pages, at most 100. */
export async function getPages(sim: Sim, path: string): Promise<Listed[][]> {
  const pages: Listed[][] = []
  let url: string | undefined = sim.origin + path
  while (url !== undefined && pages.length < 100) {
    const response: Response = await get(sim, url)
    if (response.status !== 200) throw new Error(`${url}: ${response.status} ${await response.text()}`)
    pages.push((await response.json()) as Listed[])
    url = nextOf(response)
  }
  return pages
}

/** A clock that stands still until somebody waits on it or moves it. */
export function handClock(
  startsAt = Date.UTC(2026, 2, 15, 12),
): SimClock & { advance(ms: number): void; held: number[] } {
  let now = startsAt
  const held: number[] = []
  return {
    now: () => now,
    hold: async (ms) => {
      held.push(ms)
      now += ms
    },
    advance: (ms) => {
      now += ms
    },
    held,
  }
}
