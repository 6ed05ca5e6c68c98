import type { Schema } from '../../../src/client/index.ts'
import type { ChartSeries } from '../../ui/chart.tsx'

type Count = Schema<'RequestCounts'>['items'][number]

export const RANGES = [
  { name: '1h', words: '1 h', inWords: 'hour', each: 'in a minute', hours: 1, per: 'minute', minutes: 1 },
  { name: '24h', words: '24 h', inWords: '24 hours', each: 'in an hour', hours: 24, per: 'hour', minutes: 60 },
  { name: '7d', words: '7 d', inWords: '7 days', each: 'in an hour', hours: 168, per: 'hour', minutes: 60 },
] as const
export type Range = (typeof RANGES)[number]

/** The range that an address names; the middle one for what is none. */
export const rangeOf = (name: string | undefined): Range => RANGES.find((range) => range.name === name) ?? RANGES[1]

export const bucketsIn = (items: readonly Count[]): string[] => [...new Set(items.map(({ bucket }) => bucket))].sort()

/** Where the most of what Okta grants was used, and which part of it. Null where no limit is known. */
export function busiest(items: readonly Count[], minutes: number): { bucket: string; share: number } | null {
  const known = items.flatMap(({ bucket, requests, limit }) =>
    limit ? [{ bucket, share: requests / (limit * minutes) }] : [],
  )
  return known.reduce<(typeof known)[number] | null>(
    (most, one) => (!most || one.share > most.share ? one : most),
    null,
  )
}

interface ChartInput {
  /** Null: all together, which have no limit in common. */
  readonly bucket: string | null
  readonly range: Range
  readonly now: number
}

/** Counts as series on an even axis: times without any request are zero, and a limit holds until another is heard of. */
export function chartOf(
  items: readonly Count[],
  { bucket, range, now }: ChartInput,
): { readonly times: number[]; readonly series: ChartSeries[]; readonly unit: string } {
  const step = range.minutes * 60
  const last = Math.floor(now / 1000 / step) * step
  const first = last - range.hours * 3600 + step
  const times = Array.from({ length: (last - first) / step + 1 }, (_, index) => first + index * step)
  const wanted = bucket === null ? items : items.filter((item) => item.bucket === bucket)
  const placeOf = ({ at }: Count) => Math.round((Math.floor(Date.parse(at) / 1000 / step) * step - first) / step)
  const sum = (column: 'requests' | 'rate_limited') => {
    const values = times.map(() => 0)
    for (const item of wanted) {
      const place = placeOf(item)
      if (place in values) values[place] = (values[place] ?? 0) + item[column]
    }
    return values
  }
  const line = (column: 'limit' | 'per_minute') => {
    let current = wanted.find((item) => item[column] !== null)?.[column] ?? null
    return times.map((_, index) => {
      current = wanted.find((item) => placeOf(item) === index && item[column] !== null)?.[column] ?? current
      return current === null ? null : current * range.minutes
    })
  }
  const limited = sum('rate_limited')
  const requests = sum('requests')
  const hasLimits = bucket !== null && wanted.some(({ limit }) => limit !== null)
  const each = range.minutes === 1 ? 'minute' : 'hour'
  return {
    times,
    unit: `requests per ${each}`,
    series: [
      {
        name: `Requests per ${each}`,
        values: requests.map((count, index) => count - (limited[index] ?? 0)),
        tone: 'accent',
      },
      ...(limited.some((count) => count > 0)
        ? [{ name: 'Answered with 429', values: limited, tone: 'bad' } as const]
        : []),
      ...(hasLimits
        ? ([
            { name: 'Rollcall allows itself', values: line('per_minute'), kind: 'line', tone: 'muted' },
            { name: 'Okta grants', values: line('limit'), kind: 'line', tone: 'warn' },
          ] as const)
        : []),
    ],
  }
}
