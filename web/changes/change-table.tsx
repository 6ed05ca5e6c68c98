import './change-table.css'
import { Moment } from '../records/cells.tsx'
import type { FieldChange } from './fields.ts'
import { type Change, isBack, type Names, type Part, tell } from './tell.ts'

interface ChangeTableProps {
  readonly label: string
  readonly changes: readonly Change[]
  readonly names: Names
  /** The way to the connection's pages. */
  path(page?: string): string
  /** The record that the page itself is about: not named again. */
  readonly of?: string
  readonly isBusy?: boolean
}

/** Changes, the newest first: when, of what, and what happened. */
export function ChangeTable({ label, changes, names, path, of, isBusy = false }: ChangeTableProps) {
  return (
    <div class="changes">
      <table aria-label={label} aria-busy={isBusy ? 'true' : undefined}>
        <thead>
          <tr>
            <th scope="col">When</th>
            {of === undefined && <th scope="col">Of what</th>}
            <th scope="col">What changed</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <ChangeRow key={change.id} change={change} names={names} path={path} isNamed={of === undefined} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface ChangeRowProps extends Pick<ChangeTableProps, 'names' | 'path'> {
  readonly change: Change
  readonly isNamed: boolean
}

function ChangeRow({ change, names, path, isNamed }: ChangeRowProps) {
  const { about, what, fields } = tell(change, names)
  return (
    <tr>
      <td class="change-when">
        <Moment at={change.changed_at} to="second" />
      </td>
      {isNamed && (
        <td class="change-about">
          <Words part={about} path={path} />
        </td>
      )}
      <td class="change-what">
        <Sign change={change} />
        <div>
          {what.length > 0 && (
            <div>
              {what.map((part, place) => (
                <span key={typeof part === 'string' ? part : part.name}>
                  {place > 0 && ' '}
                  <Words part={part} path={path} />
                </span>
              ))}
            </div>
          )}
          <Fields fields={fields} />
        </div>
      </td>
    </tr>
  )
}

const SIGNS = {
  created: 'M8 3.5V12.5M3.5 8H12.5',
  updated: 'M8 7.9V8.1',
  deleted: 'M3.5 8H12.5',
} as const
const SIGN_WORDS = { created: 'Created:', updated: 'Changed:', deleted: 'Deleted:' } as const

/** A plus, a dot or a minus: what kind of change it is, at a glance. */
function Sign({ change }: { readonly change: Change }) {
  const kind = isBack(change) ? 'created' : change.kind
  return (
    <span class={`change-sign ${kind}`}>
      <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        <path
          d={SIGNS[kind]}
          fill="none"
          stroke="currentColor"
          stroke-width={kind === 'updated' ? 5 : 1.8}
          stroke-linecap="round"
        />
      </svg>
      <span class="visually-hidden">{SIGN_WORDS[kind]}</span>
    </span>
  )
}

/** Longer names are cut: the record's own page has all of it. */
const LONGEST_NAME = 80

function Words({ part, path }: { readonly part: Part; readonly path: (page?: string) => string }) {
  if (typeof part === 'string') return <>{part}</>
  const { name, page } = part
  const isLong = name.length > LONGEST_NAME
  const shown = <bdi title={isLong ? name : undefined}>{isLong ? `${name.slice(0, LONGEST_NAME - 1)}…` : name}</bdi>
  return page === null ? <strong>{shown}</strong> : <a href={path(page)}>{shown}</a>
}

const SHOWN = 3

/** Each field with its value before and after; more than a few behind a press. */
function Fields({ fields }: { readonly fields: readonly FieldChange[] }) {
  const [shown, more] = [fields.slice(0, SHOWN), fields.slice(SHOWN)]
  if (shown.length === 0) return null
  return (
    <>
      <FieldList fields={shown} />
      {more.length > 0 && (
        <details class="change-more">
          <summary class="small">
            {more.length} more {more.length === 1 ? 'field' : 'fields'}
          </summary>
          <FieldList fields={more} />
        </details>
      )}
    </>
  )
}

const FieldList = ({ fields }: { readonly fields: readonly FieldChange[] }) => (
  <dl class="change-fields">
    {fields.map(({ field, label, before, after }) => (
      <div key={field}>
        <dt>{label}</dt>
        <dd>
          {before === null && after === null ? (
            <span class="muted">was not kept</span>
          ) : (
            <>
              <Value text={before} />
              <span aria-hidden="true" class="muted">
                {' → '}
              </span>
              <span class="visually-hidden"> is now </span>
              <Value text={after} />
            </>
          )}
        </dd>
      </div>
    ))}
  </dl>
)

const Value = ({ text }: { readonly text: string | null }) =>
  text === null || text === 'none' ? <span class="muted">{text ?? 'not kept'}</span> : <bdi>{text}</bdi>
