import { useConnection } from '../connection/context.tsx'
import { Ago } from '../ui/time.tsx'
import type { Freshness } from './list.ts'
import { isOutdated, readsOf, readWords } from './reads.ts'

interface FreshnessLineProps {
  /** What is listed: `users`. */
  readonly things: string
  /** The resources that feed the list. */
  readonly resources: readonly string[]
  /** Null while the answer is on its way. */
  readonly freshness: Freshness | null
  onReload(): void
}

/** How far what is shown can be relied upon, in one quiet line. */
export function FreshnessLine({ things, resources, freshness, onReload }: FreshnessLineProps) {
  const { answer, path } = useConnection()
  if (!freshness) return <p class="freshness small muted">&nbsp;</p>
  const reads = readsOf(answer.data, resources)
  const words = readWords(things, freshness, reads)
  const { lastCompleteAt } = freshness
  return (
    <p class={`freshness small ${words ? '' : 'muted'}`}>
      {words ? (
        <>
          <strong>{words.title}.</strong> {words.reason && `${sentence(words.reason)} `}
          {lastCompleteAt && (
            <>
              Last complete <Ago at={lastCompleteAt} />.{' '}
            </>
          )}
          <a href={path('sync')}>How each resource was read</a>
        </>
      ) : (
        lastCompleteAt && (
          <>
            Complete as of <Ago at={lastCompleteAt} />
          </>
        )
      )}
      {isOutdated(freshness, reads) && (
        <>
          {' · '}
          <button type="button" class="text-button" onClick={onReload}>
            Show what was read since
          </button>
        </>
      )}
    </p>
  )
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
