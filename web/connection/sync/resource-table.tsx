import { useId, useState } from 'preact/hooks'
import type { Schema } from '../../../src/client/index.ts'
import { Mark } from '../../../ui/mark.tsx'
import { formatCount, formatCounted } from '../../../ui/numbers.ts'
import { ScrollRegion } from '../../ui/scroll-region.tsx'
import { Ago } from '../../ui/time.tsx'
import { isUnfinished, outcomeWords, resourceWords } from '../words.ts'

type Read = Schema<'ResourceHealth'>
type Reading = Schema<'DataExport'>

interface ResourceTableProps {
  readonly health: Schema<'ConnectionHealth'> | null
  readonly job: Schema<'Job'> | null
  readonly isLoading: boolean
}

/** Each resource: how it was read the last time and, while a sync runs, how far it is. */
export function ResourceTable({ health, job, isLoading }: ResourceTableProps) {
  const id = useId()
  const reading = job && isUnfinished(job) ? job.data_exports : []
  const names = [...new Set([...reading, ...(health?.resources ?? [])].map(({ resource }) => resource))]
  return (
    <section class="stack tight" aria-labelledby={id}>
      <h2 id={id}>Resources</h2>
      {isLoading && <div class="card resources-coming" aria-busy="true" />}
      {!isLoading && names.length === 0 && (
        <p class="muted">No resource has been read yet. Each one is listed here once the first sync has begun.</p>
      )}
      {names.length > 0 && (
        <ScrollRegion label="Table of resources" isCard>
          <table class="resources">
            <thead>
              <tr>
                <th scope="col">Resource</th>
                <th scope="col">Last read</th>
                <th scope="col">Last complete</th>
                <th scope="col" class="end">
                  Rows
                </th>
                <th scope="col" class="end">
                  Rejected
                </th>
                <th scope="col" class="end">
                  Held deletes
                </th>
              </tr>
            </thead>
            <tbody>
              {names.map((name) => (
                <ResourceRow
                  key={name}
                  name={name}
                  read={health?.resources.find(({ resource }) => resource === name) ?? null}
                  reading={reading.find(({ resource }) => resource === name) ?? null}
                />
              ))}
            </tbody>
          </table>
        </ScrollRegion>
      )}
    </section>
  )
}

interface ResourceRowProps {
  readonly name: string
  readonly read: Read | null
  readonly reading: Reading | null
}

function ResourceRow({ name, read, reading }: ResourceRowProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const isNow = reading?.state === 'running'
  const last = reading?.state === 'ended' && reading.outcome !== null ? { ...reading, outcome: reading.outcome } : read
  const why = last?.reason ?? null
  const rows = isNow ? reading.rows : (last?.rows ?? null)
  return (
    <>
      <tr>
        <th scope="row">{resourceWords(name)}</th>
        <td class="resource-state">
          {reading && reading.state !== 'ended' ? (
            <Progress reading={reading} />
          ) : last ? (
            <span class="row">
              <Mark tone={outcomeWords(last.outcome).tone}>{outcomeWords(last.outcome).text}</Mark>
              {why && (
                <button
                  type="button"
                  class="link small"
                  aria-expanded={isOpen}
                  aria-controls={id}
                  onClick={() => setOpen(!isOpen)}
                >
                  {isOpen ? 'Hide why' : 'Why'}
                  <span class="visually-hidden"> {resourceWords(name)} are not complete</span>
                </button>
              )}
            </span>
          ) : (
            <Mark tone="idle">Not read yet</Mark>
          )}
        </td>
        <td>{read?.last_complete_at ? <Ago at={read.last_complete_at} /> : <span class="muted">Never</span>}</td>
        <td class="end number">{rows === null ? <span class="muted">None yet</span> : formatCount(rows)}</td>
        <td class="end number">
          <Count value={last?.rejected ?? 0} />
        </td>
        <td class="end number">
          <Count value={last?.held_deletes ?? 0} />
        </td>
      </tr>
      {why && (
        <tr id={id} class="resource-why" hidden={!isOpen}>
          <td colSpan={6}>
            <p>{why}</p>
            {last?.remedy && (
              <p>
                <strong>What to do: </strong>
                {last.remedy}
              </p>
            )}
          </td>
        </tr>
      )}
    </>
  )
}

/** A zero is quiet, so that what is not zero is seen. */
const Count = ({ value }: { readonly value: number }) =>
  value === 0 ? <span class="muted">0</span> : <strong>{formatCount(value)}</strong>

function Progress({ reading: { state, parents, pages, resource } }: { readonly reading: Reading }) {
  if (state === 'waiting') return <Mark tone="idle">Waiting</Mark>
  const label = `Progress of ${resourceWords(resource)}`
  return (
    <span class="resource-progress">
      <Mark tone="busy">Reading</Mark>
      {parents ? (
        <>
          <progress aria-label={label} value={parents.done} max={Math.max(1, parents.total)} />
          <span class="small muted number">
            {formatCount(parents.done)} of {formatCount(parents.total)}
          </span>
        </>
      ) : (
        <span class="small muted number">{formatCounted(pages, 'page')} so far</span>
      )}
    </span>
  )
}
