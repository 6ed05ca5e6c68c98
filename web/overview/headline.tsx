import { Mark } from '../../ui/mark.tsx'
import { formatCount, formatCounted } from '../../ui/numbers.ts'
import { useConnection } from '../connection/context.tsx'
import { isUnfinished } from '../connection/words.ts'
import { type Overview, type Reading, readingWords } from './reading.ts'

interface Figure {
  readonly page: string
  readonly name: string
  readonly count: number
  readonly reading: Reading
  readonly note: string | null
}

const PAGES = [
  ['users', 'Users'],
  ['groups', 'Groups'],
  ['applications', 'Applications'],
  ['roles', 'Administrators'],
  ['policies', 'Policies'],
] as const

function figureOf(
  page: (typeof PAGES)[number][0],
  { users, administrators, ...others }: Overview,
): Omit<Figure, 'page' | 'name'> {
  if (page === 'users') {
    const active = users.by_status.find(({ status }) => status === 'active')?.count ?? 0
    return { count: users.count, reading: users, note: users.count > 0 ? `${formatCount(active)} active` : null }
  }
  if (page === 'roles') {
    const { groups } = administrators
    const note = groups > 0 ? `and ${formatCounted(groups, 'group')}` : null
    return { count: administrators.users, reading: administrators, note }
  }
  return { count: others[page].count, reading: others[page], note: null }
}

/** The numbers that are looked at first, each the way to what was counted. Without data: the room they will take. */
export function Headline({ data }: { readonly data: Overview | null }) {
  const { path } = useConnection()
  return (
    <ul class="card headline" aria-label="In numbers" aria-busy={data ? undefined : 'true'}>
      {PAGES.map(([page, name]) => (
        <li key={page}>
          <a href={path(page)}>{name}</a>
          {data ? (
            <Value {...figureOf(page, data)} />
          ) : (
            <span class="headline-number">
              <span class="ghost" />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A number. Where it is not known to be all there is, it says so; a zero that may be none is not shown as one. */
function Value({ count, reading, note }: Omit<Figure, 'page' | 'name'>) {
  const { answer } = useConnection()
  const words = readingWords(reading, isUnfinished(answer.data?.last_job ?? null))
  return (
    <>
      <span class="headline-number number">
        {words && count === 0 ? (
          <span class="muted" aria-hidden="true">
            –
          </span>
        ) : (
          formatCount(count)
        )}
      </span>
      <span class="small muted headline-note">{words ? <Mark tone={words.tone}>{words.text}</Mark> : note}</span>
    </>
  )
}
