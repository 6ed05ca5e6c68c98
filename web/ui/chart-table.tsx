import { useState } from 'preact/hooks'
import type { ChartSeries } from './chart.tsx'

interface ChartTableProps {
  readonly label: string
  readonly unit: string
  readonly times: readonly number[]
  readonly series: readonly ChartSeries[]
  said(value: number | null | undefined): string
  formatTime(time: number): string
}

/** The numbers of a chart as a table, newest first, on request. */
export function ChartTable({ label, unit, times, series, said, formatTime }: ChartTableProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="small muted">Numbers as a table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        <section class="chart-rows" tabIndex={0} aria-label={`${label}, as a table`}>
          <table>
            <caption class="visually-hidden">
              {label}, in {unit}
            </caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" class="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {times
                .map((time, index) => (
                  <tr key={time}>
                    <th scope="row">{formatTime(time)}</th>
                    {series.map(({ name, values }) => (
                      <td key={name} class="number">
                        {said(values[index])}
                      </td>
                    ))}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </table>
        </section>
      )}
    </details>
  )
}
