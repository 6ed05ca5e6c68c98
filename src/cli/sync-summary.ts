import type { ResourceResult, SyncResult } from '../sync/progress.ts'
import type { Paint } from './paint.ts'
import { spentOfPlan } from './plan-lines.ts'
import { markOf } from './progress-table.ts'
import { fitting, table, without, wrap } from './table.ts'
import { count, counted, duration, words } from './wording.ts'

/** A sync's result for people: a line per resource, then what was not read, why, and what to do. */
export function syncSummary(result: SyncResult, paint: Paint, width: number): string[] {
  const resources = Object.entries(result.resources)
  const header = ['', 'resource', 'outcome', 'rows', 'created', 'changed', 'deleted', 'requests']
  const rows = resources.map(([name, resource]) => resourceRow(name, resource, isUnfinished(resource, result), paint))
  const all = resources.map(([, resource]) => resource)
  const totals = ['', 'total', '', ...sums(all)].map((cell) => paint('bold', cell))
  const lines = [header.map((name) => paint('dim', name)), ...rows, totals]
  const numbers = [3, 4, 5, 6, 7]
  const tables = [lines, without(lines, [7]), without(lines, [4, 5, 6, 7])]
  return [
    ...fitting(
      tables.map((each) => table(each, numbers)),
      width,
    ),
    ...explanations(result, width),
    '',
    ...wrap(verdict(result), width),
  ]
}

/** Neither read to its end nor failed by itself: the sync was stopped before that. */
const isUnfinished = ({ outcome, reason_code }: ResourceResult, { error }: SyncResult): boolean =>
  outcome !== 'complete' && error !== null && reason_code === error.code

function resourceRow(name: string, resource: ResourceResult, unfinished: boolean, paint: Paint): string[] {
  const [mark, color] = markOf({ state: unfinished ? 'waiting' : 'ended', outcome: resource.outcome })
  return [paint(color, mark), name, unfinished ? 'unfinished' : words(resource.outcome), ...sums([resource])]
}

function sums(resources: readonly ResourceResult[]): string[] {
  const sum = (key: 'rows' | 'created' | 'changed' | 'deleted' | 'requests') =>
    count(resources.reduce((total, resource) => total + resource[key], 0))
  return [sum('rows'), sum('created'), sum('changed'), sum('deleted'), sum('requests')]
}

/** What was not read completely: one for each reason, naming every resource. What stopped all of them is said elsewhere. */
function explanations(result: SyncResult, width: number): string[] {
  const names = new Map<string, string[]>()
  for (const [name, resource] of Object.entries(result.resources)) {
    if (resource.outcome === 'complete' || isUnfinished(resource, result)) continue
    const text = [resource.reason, resource.remedy].filter((part) => part !== null).join(' ')
    names.set(text, [...(names.get(text) ?? []), name])
  }
  return [...names].flatMap(([text, resources]) => ['', ...wrap(`${resources.join(', ')}: ${text}`, width, '  ')])
}

export function verdict(result: SyncResult): string {
  const refused = result.rate_limited === 0 ? '' : ` (${count(result.rate_limited)} refused by a rate limit)`
  const resumed = result.resumed ? ', counting those before it was stopped' : ''
  const requests = spentOfPlan(result.requests, result.plan, result.estimate_error)
  const work = `${duration(result.seconds * 1000)} and ${requests}${refused}${resumed}`
  if (result.error?.code === 'job_interrupted') return `Stopped after ${work}.`
  if (result.outcome === 'failed') return `Failed after ${work}.`
  return `${howWhole(result)} after ${work}. ${changes(Object.values(result.resources))}`
}

function howWhole({ outcome, resources }: SyncResult): string {
  if (outcome === 'complete') return 'Complete'
  const gaps = Object.values(resources).filter((resource) => resource.outcome !== 'complete')
  const onlyHeld = gaps.every(({ outcome, held_deletes }) => outcome === 'not_available' || held_deletes > 0)
  return onlyHeld ? 'Everything was read and some deletes are held back,' : 'Partial: not everything could be read,'
}

function changes(resources: readonly ResourceResult[]): string {
  const sum = (key: 'created' | 'changed' | 'deleted') => resources.reduce((total, each) => total + each[key], 0)
  const [created, changed, deleted] = [sum('created'), sum('changed'), sum('deleted')]
  if (created + changed + deleted === 0) return 'Nothing changed since the last sync.'
  return `${counted(created, 'record')} created, ${count(changed)} changed, ${count(deleted)} deleted.`
}
