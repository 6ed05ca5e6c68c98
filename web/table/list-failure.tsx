import { RollcallError } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Failure, sentenceOf } from '../ui/failure.tsx'
import type { ListAddress } from './list-address.ts'

interface ListFailureProps {
  readonly error: Error
  readonly things: string
  readonly address: Pick<ListAddress<never>, 'cursor' | 'goTo' | 'clear'>
  onRetry(): void
}

/** A list that could not be loaded, and the way out where it is the address that asks for what cannot be. */
export function ListFailure({ error, things, address, onRetry }: ListFailureProps) {
  // What the address asks for cannot be: trying again would not help.
  if (!(error instanceof RollcallError) || error.status !== 422)
    return <Failure title={`The ${things} could not be loaded`} error={error} onRetry={onRetry} />
  const isPage = address.cursor !== null
  return (
    <Notice tone="warn" title={isPage ? 'This page is no longer at hand' : 'These filters cannot be understood'} live>
      <p>{isPage ? 'The link may be old. Go on from the first page.' : sentenceOf(error)}</p>
      <p>
        <Button onClick={isPage ? () => address.goTo(null, null) : address.clear}>
          {isPage ? 'First page' : 'Clear filters'}
        </Button>
      </p>
    </Notice>
  )
}
