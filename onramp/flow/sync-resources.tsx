import { Mark } from '../../ui/mark.tsx'
import { formatCount } from '../../ui/numbers.ts'
import type { DataExport, Job } from '../answers.ts'
import { capitalized, exportInWords, resourceInWords } from '../words.ts'
import { isOver } from './use-progress.ts'

/** Rows whose place is kept while the server has not told yet what it will read. */
const PLACES = 13

/** What is read, in its order, and how far each is. */
export function SyncResources({ job }: { readonly job: Job | null }) {
  // It ended before it came to any: there is nothing to keep a place for.
  if (job?.data_exports.length === 0 && isOver(job)) return null
  if (job === null || job.data_exports.length === 0)
    return (
      <ul class="list" aria-hidden="true">
        {Array.from({ length: PLACES }, (_, index) => (
          <li key={String(index)} class="item resource">
            <div class="ghost" />
          </li>
        ))}
      </ul>
    )
  return (
    <ul class="list" aria-label="What is read">
      {job.data_exports.map((item) => (
        <Resource key={item.resource} item={item} isOver={isOver(job)} />
      ))}
    </ul>
  )
}

function Resource({ item, isOver }: { readonly item: DataExport; readonly isOver: boolean }) {
  const { tone, words } = exportInWords(item, isOver)
  const name = capitalized(resourceInWords(item.resource))
  const { parents } = item
  return (
    <li class="item resource">
      <span class="name">{name}</span>
      <span class="count">{item.state === 'waiting' ? '' : formatCount(item.rows)}</span>
      <Mark tone={tone}>{words}</Mark>
      {!isOver && item.state === 'running' && parents && parents.total > 0 && (
        <progress aria-label={name} value={parents.done} max={parents.total} />
      )}
    </li>
  )
}
