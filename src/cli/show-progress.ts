import type { Clock } from '../clock.ts'
import type { JobProgress } from '../sync/progress.ts'
import type { Output } from './output.ts'
import { planLine } from './plan-lines.ts'
import { endedLine, resumedLine, summaryLine } from './progress-lines.ts'
import { progressTable } from './progress-table.ts'

const FRAME_MS = 120
const LINE_MS = 5_000

export interface ProgressView {
  onProgress(progress: JobProgress): void
  close(): void
}

export interface ProgressOptions {
  /** Lines also where a table could be drawn. */
  readonly plain: boolean
  /** Names of resources, in the order in which they are shown. */
  readonly order: readonly string[]
  /** Part of each rate limit that the sync uses. */
  readonly rateShare: number
}

/** A table redrawn in place on a terminal; plain lines for everybody else. */
export function showProgress(output: Output, clock: Clock, options: ProgressOptions): ProgressView {
  const { live } = output
  let last: { progress: JobProgress; at: number } | null = null
  const shown = new Set<string>()
  let isPlanTold = false
  const isTable = live !== null && !options.plain

  const show = () => {
    if (!last) return
    const sinceMs = clock.now() - last.at
    if (isTable) live.draw(progressTable(last.progress, sinceMs, output.paintNotes))
    else output.note(summaryLine(last.progress, sinceMs))
  }
  // Also while nothing happens: waiting for a rate limit is when people look whether it is still alive.
  const timer = setInterval(show, isTable ? FRAME_MS : LINE_MS)
  timer.unref()

  return {
    onProgress(unordered) {
      const progress = { ...unordered, steps: inOrder(unordered.steps, options.order) }
      const isFirst = last === null
      last = { progress, at: clock.now() }
      if (isFirst && progress.resumed) output.note(resumedLine(progress.steps))
      // That of a round is told once it is known what has changed.
      const { plan, mode } = progress
      if (plan && !isPlanTold && (mode === 'full' || !plan.at_least)) {
        isPlanTold = true
        output.note(planLine(plan, options.rateShare))
      }
      for (const step of progress.steps) {
        if (step.state !== 'ended' || shown.has(step.stream)) continue
        shown.add(step.stream)
        if (!isTable && !isFirst) output.note(endedLine(step))
      }
      if (isFirst && isTable) show()
    },
    close() {
      clearInterval(timer)
      if (isTable) live.close()
    },
  }
}

const inOrder = (steps: JobProgress['steps'], order: readonly string[]) =>
  [...steps].sort((a, b) => order.indexOf(a.stream) - order.indexOf(b.stream))
