import 'uplot/dist/uPlot.min.css'
import uPlot from 'uplot'
import type { ChartKind, ChartTone } from './chart.tsx'
import { areDays, DAY, timeFormats } from './chart-times.ts'

export interface PlotSeries {
  readonly values: readonly (number | null)[]
  readonly kind: ChartKind
  readonly tone: ChartTone
}

export interface PlotData {
  readonly drawn: readonly PlotSeries[]
  /** Unix seconds. */
  readonly times: readonly number[]
  /** In pixels. */
  readonly height: number
}

interface PlotOptions extends PlotData {
  /** What the pointer or `show` has come to; null: nothing. */
  onSpot(spot: { readonly index: number; readonly left: number } | null): void
}

/** A drawing that stands on the page. It follows the width of its host and the colors of the theme by itself. */
export interface Plot {
  update(data: PlotData): void
  show(index: number | null): void
  destroy(): void
}

const WHOLE_STEPS = Array.from({ length: 12 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()
const compact = new Intl.NumberFormat('en', { notation: 'compact' })

/** Draws series over time with uPlot. Loaded only where a chart is shown. */
export function makePlot(host: HTMLElement, options: PlotOptions): Plot {
  let data = options
  const theme = themeOf(host)
  const order = drawingOrder(options.drawn)
  const isWhole = options.drawn.every(({ values }) => values.every((value) => Number.isInteger(value ?? 0)))
  const grid = { stroke: theme.line, width: 1 }
  const font = `12px ${getComputedStyle(host).fontFamily}`
  const hasBars = options.drawn.some(({ kind }) => kind === 'bars')
  const chart = new uPlot(
    {
      width: host.clientWidth,
      height: options.height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
      ...(areDays(options.times) && { tzDate: (time: number) => uPlot.tzDate(new Date(time * 1000), 'Etc/UTC') }),
      scales: {
        x: { range: () => rangeOfTimes(data.times, hasBars) },
        y: { range: (_, __, most) => [0, uPlot.rangeNum(0, Math.max(most ?? 0, 1), 0.1, true)[1]] },
      },
      axes: [
        {
          stroke: theme.muted,
          font,
          size: 28,
          gap: 6,
          space: 72,
          grid: { show: false },
          ticks: { show: false },
          values: (_, splits) => splits.map(timeFormats(data.times).axis),
        },
        {
          stroke: theme.muted,
          font,
          gap: 6,
          space: 36,
          size: (_, labels) => 14 + 7 * Math.max(1, ...(labels ?? []).map((label) => label.length)),
          grid,
          ticks: { show: false },
          values: (_, splits) => splits.map((split) => compact.format(split)),
          ...(isWhole && { incrs: WHOLE_STEPS }),
        },
      ],
      series: [{}, ...order.map((place) => seriesOf(options.drawn[place], theme))],
      hooks: {
        setCursor: [
          (self) => {
            const { idx, left = -1 } = self.cursor
            const time = idx === null || idx === undefined || left < 0 ? undefined : data.times[idx]
            options.onSpot(
              time === undefined
                ? null
                : { index: idx ?? 0, left: self.valToPos(time, 'x') + self.bbox.left / uPlot.pxRatio },
            )
          },
        ],
      },
    },
    aligned(options, order),
    host,
  )
  const resize = new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: data.height }))
  resize.observe(host)
  const unwatch = onThemeChange(() => chart.redraw(false))
  return {
    update: (next) => {
      const isSame =
        next.times === data.times && next.drawn.every(({ values }, at) => values === data.drawn[at]?.values)
      data = { ...next, onSpot: options.onSpot }
      if (!isSame) chart.setData(aligned(next, order))
    },
    show: (index) => {
      const time = index === null ? undefined : data.times[index]
      chart.setCursor(time === undefined ? { left: -10, top: -10 } : { left: chart.valToPos(time, 'x'), top: 1 })
    },
    destroy: () => {
      resize.disconnect()
      unwatch()
      chart.destroy()
    },
  }
}

/** Places of the series in the order of drawing: high stacks of bars first, what stands below over them, lines last. */
function drawingOrder(drawn: readonly PlotSeries[]): number[] {
  const places = drawn.map((_, place) => place)
  return [
    ...places.filter((place) => drawn[place]?.kind === 'bars').reverse(),
    ...places.filter((place) => drawn[place]?.kind === 'line'),
  ]
}

/** The numbers as uPlot takes them: each bar as high as all that are stacked up to it. */
function aligned({ drawn, times }: PlotData, order: readonly number[]): uPlot.AlignedData {
  const heights = times.map(() => 0)
  const stacked = drawn.map(({ values, kind }) =>
    times.map((_, at) => {
      const value = values[at] ?? null
      if (kind === 'line' || value === null) return value
      heights[at] = (heights[at] ?? 0) + value
      return heights[at] ?? null
    }),
  )
  return [[...times], ...order.map((place) => stacked[place] ?? [])]
}

function seriesOf(series: PlotSeries | undefined, theme: Theme): uPlot.Series {
  const { tone = 'accent', kind = 'line' } = series ?? {}
  const color = theme[tone]
  if (kind === 'bars') {
    const bars = uPlot.paths.bars?.({ size: [0.7, 40, 1] })
    return { fill: color, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
  }
  return { stroke: color, width: 2, points: { show: false } }
}

/** From the first time to the last, and half a bar more at both ends. */
function rangeOfTimes(times: readonly number[], hasBars: boolean): uPlot.Range.MinMax {
  const [first = 0, last = first] = [times[0], times.at(-1)]
  const step = times.length > 1 ? (last - first) / (times.length - 1) : areDays(times) ? DAY : 60
  const more = hasBars || times.length === 1 ? step / 2 : 0
  return [first - more, last + more]
}

type Theme = Readonly<Record<ChartTone | 'line', () => string>>

/** Colors of the theme as it is when they are asked for: a canvas knows no tokens. */
function themeOf(host: HTMLElement): Theme {
  const color = (token: string) => () => {
    host.style.color = `var(--rc-${token})`
    return getComputedStyle(host).color
  }
  return {
    accent: color('accent'),
    good: color('good'),
    warn: color('warn'),
    bad: color('bad'),
    muted: color('muted'),
    line: color('line'),
  }
}

/** Calls back when the system or the page changes between light and dark. */
function onThemeChange(listener: () => void): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', listener)
  const root = new MutationObserver(listener)
  root.observe(document.documentElement, { attributes: true })
  return () => {
    dark.removeEventListener('change', listener)
    root.disconnect()
  }
}
