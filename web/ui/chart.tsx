import './chart.css'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { formatCount } from '../../ui/numbers.ts'
import { ChartTable } from './chart-table.tsx'
import { timeFormats } from './chart-times.ts'
import type { Plot, PlotSeries } from './time-plot.ts'

export type ChartTone = 'accent' | 'good' | 'warn' | 'bad' | 'muted'
export type ChartKind = 'line' | 'bars'

export interface ChartSeries {
  readonly name: string
  /** One for each time; null where nothing is known. */
  readonly values: readonly (number | null)[]
  readonly tone?: ChartTone
  /** Other than the chart's: a limit is a line over bars. */
  readonly kind?: ChartKind
}

interface TimeChartProps {
  /** What it shows, as a heading would say it. Read to those who cannot see it. */
  readonly label: string
  /** Bars stand on each other in this order, the first at the bottom. */
  readonly series: readonly ChartSeries[]
  /** Unix seconds, rising. Days are meant in UTC; anything shorter is shown in the time of whoever looks. */
  readonly times: readonly number[]
  /** What is counted: `requests`. */
  readonly unit: string
  /** Of the plot, in pixels. It is reserved from the start. */
  readonly height: number
  readonly kind?: ChartKind
  readonly format?: (value: number) => string
}

interface Spot {
  readonly index: number
  /** Pixels from the left of the plot. */
  readonly left: number
  readonly isByKey: boolean
}

const TONES: readonly ChartTone[] = ['accent', 'bad', 'warn', 'good', 'muted']

/** Numbers over time: drawn, read out under the pointer or the arrow keys, and as a table. */
export function TimeChart({ label, series, times, unit, height, kind = 'line', format = formatCount }: TimeChartProps) {
  const id = useId()
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot | null>(null)
  const byKey = useRef(false)
  const [spot, setSpot] = useState<Spot | null>(null)
  const formats = timeFormats(times)
  const drawn = series.map(
    (one, index): PlotSeries => ({
      values: one.values,
      kind: one.kind ?? kind,
      tone: one.tone ?? TONES[index % TONES.length] ?? 'accent',
    }),
  )
  const isEmpty = times.length === 0 || series.length === 0
  // What cannot be changed in a plot that stands.
  const shape = isEmpty ? null : drawn.map((one) => `${one.kind} ${one.tone}`).join()
  const latest = useRef({ drawn, times, height })
  latest.current = { drawn, times, height }

  useEffect(() => {
    if (shape === null || !host.current) return
    const element = host.current
    let isGone = false
    import('./time-plot.ts')
      .then(({ makePlot }) => {
        if (isGone) return
        plot.current = makePlot(element, {
          ...latest.current,
          onSpot: (at) => setSpot(at && { ...at, isByKey: byKey.current }),
        })
      })
      // Without the drawing the table still has every number.
      .catch(() => {})
    return () => {
      isGone = true
      plot.current?.destroy()
      plot.current = null
      setSpot(null)
    }
  }, [shape])

  useEffect(() => {
    plot.current?.update(latest.current)
  })

  const onKeyDown = (event: KeyboardEvent) => {
    const last = times.length - 1
    const next = { ArrowLeft: (spot?.index ?? last + 1) - 1, ArrowRight: (spot?.index ?? -1) + 1, Home: 0, End: last }
    if (event.key === 'Escape' && spot) plot.current?.show(null)
    else if (event.key in next) {
      byKey.current = true
      plot.current?.show(Math.min(last, Math.max(0, next[event.key as keyof typeof next])))
    } else return
    event.preventDefault()
  }
  const said = (value: number | null | undefined) => (value === null || value === undefined ? 'no data' : format(value))
  const time = spot ? times[spot.index] : undefined
  const read = series.map(({ name, values }) => ({ name, value: said(spot ? values[spot.index] : null) }))

  return (
    <figure class="chart" aria-label={label}>
      <ul class="chart-legend" aria-label="Shown">
        {series.map(({ name }, index) => (
          <li key={name}>
            <Swatch {...drawn[index]} />
            {name}
          </li>
        ))}
      </ul>
      {isEmpty ? (
        <p class="chart-empty muted small" style={{ height: `${height}px` }}>
          Nothing to show for this time yet.
        </p>
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
        <div
          class="chart-plot"
          style={{ height: `${height}px` }}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read it out
          tabIndex={0}
          role="group"
          aria-roledescription="chart"
          aria-label={label}
          aria-describedby={`${id}-help`}
          onKeyDown={onKeyDown}
          onPointerMove={() => {
            byKey.current = false
          }}
          onBlur={() => plot.current?.show(null)}
        >
          <div ref={host} class="chart-canvas" aria-hidden="true" />
          {spot && time !== undefined && (
            <div
              class={`chart-spot${spot.index > times.length / 2 ? ' before' : ''}`}
              style={{ left: `${spot.left}px` }}
              aria-hidden="true"
            >
              <strong>{formats.full(time)}</strong>
              {read.map(({ name, value }, index) => (
                <span key={name}>
                  <Swatch {...drawn[index]} />
                  {name} <b>{value}</b>
                </span>
              ))}
            </div>
          )}
        </div>
      )}
      <p id={`${id}-help`} class="visually-hidden">
        In {unit}. The left and right arrow keys read out one time after the other. A table follows.
      </p>
      <p class="visually-hidden" role="status">
        {spot?.isByKey && time !== undefined
          ? `${formats.full(time)}: ${read.map(({ name, value }) => `${name} ${value}`).join(', ')}`
          : ''}
      </p>
      {!isEmpty && <ChartTable {...{ label, unit, times, series, said }} formatTime={formats.full} />}
    </figure>
  )
}

const Swatch = ({ tone = 'accent', kind = 'bars' }: Partial<PlotSeries>) => (
  <span class={`chart-swatch ${tone} ${kind}`} aria-hidden="true" />
)
