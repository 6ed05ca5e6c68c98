import { Mark } from '../../ui/mark.tsx'
import { formatCount } from '../../ui/numbers.ts'
import type { DataExport, Job } from '../answers.ts'
import { capitalized, exportInWords, resourceInWords } from '../words.ts'

/** Rows whose place is kept while the server has not told yet what it will read. */
const PLACES = 13

/** What is read, in its order, and how far each is. */
export function SyncResources({ job }: { readonly job: Job | null }) {
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
        <Resource key={item.resource} item={item} />
      ))}
    </ul>
  )
}

function Resource({ item }: { readonly item: DataExport }) {
  const { tone, words } = exportInWords(item)
  const name = capitalized(resourceInWords(item.resource))
  const { parents } = item
  return (
    <li class="item resource">
      <span class="name">{name}</span>
      <span class="count">{item.state === 'waiting' ? '' : formatCount(item.rows)}</span>
      <Mark tone={tone}>{words}</Mark>
      {item.state === 'running' && parents && parents.total > 0 && (
        <progress aria-label={name} value={parents.done} max={parents.total} />
      )}
    </li>
  )
}
