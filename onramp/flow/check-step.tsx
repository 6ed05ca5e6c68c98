import type { RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import type { Estimate, Invite } from '../answers.ts'
import type { ConnectedDetail } from '../element.tsx'
import type { OnrampServer } from '../server.ts'
import { type Trouble, troubleOf } from '../trouble.ts'
import { isGap, isLimited } from '../words.ts'
import { CheckMatrix } from './check-matrix.tsx'
import { CheckVerdict, Unusable } from './check-verdict.tsx'
import { Screen, TroubleNotice } from './screen.tsx'
import type { FoundOrg } from './state.ts'
import { useCheck } from './use-check.ts'

interface CheckStepProps {
  readonly server: OnrampServer
  readonly invite: Invite
  readonly org: FoundOrg
  readonly secret: RefObject<string | null>
  onBack(): void
  /** The link has been used, or has run out. */
  onRefused(): void
  onConnected(detail: ConnectedDetail, estimate: Estimate | null): void
}

/** What the token may read, row by row as it is found; then the decision to connect, knowing what will be missing. */
export function CheckStep({ server, invite, org, secret, onBack, onRefused, onConnected }: CheckStepProps) {
  const isUpdate = invite.purpose === 'update'
  const check = useCheck(server, org.origin, secret)
  const [problem, setProblem] = useState<Trouble | null>(null)
  const [isBusy, setBusy] = useState(false)
  const gone = useRef<AbortController | null>(null)
  useEffect(() => () => gone.current?.abort(), [])

  const isRefused = check.trouble?.code === 'invite_token_invalid'
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once
  useEffect(() => {
    if (isRefused) onRefused()
  }, [isRefused])

  const connect = async () => {
    gone.current = new AbortController()
    const { signal } = gone.current
    setBusy(true)
    setProblem(null)
    try {
      const { connection, httpStatus } = await server.connect(
        { domain: org.origin, api_token: secret.current ?? '' },
        { vendor: invite.vendor, connectionId: invite.connection?.id ?? null, signal },
      )
      const name = check.result?.check?.org.name ?? org.host
      const message = isUpdate ? `${name} has its new token.` : `${name} is connected. The first sync has begun.`
      onConnected({ data: connection, httpStatus, message }, check.estimate === 'failed' ? null : check.estimate)
    } catch (thrown) {
      if (signal.aborted) return
      const found = troubleOf(thrown)
      setBusy(false)
      if (found.code === 'invite_token_invalid') onRefused()
      else setProblem(found)
    }
  }

  const canConnect = check.result?.is_valid === true
  const hasGaps = check.rows.some((row) => isGap(row) && !isLimited(row))
  return (
    <Screen
      title={check.isRunning ? 'Checking the token' : titleOf(check.result?.check?.verdict ?? null, hasGaps)}
      intro={`Each kind of data in ${check.result?.check?.org.name ?? org.host} is tried once. Nothing has been stored yet.`}
      actions={
        <>
          <Button look="quiet" isDisabled={isBusy} onClick={onBack}>
            {canConnect || check.isRunning ? 'Back' : 'Enter another token'}
          </Button>
          <span class="rest" />
          {!check.isRunning && (check.rows.some(isGap) || !canConnect) && (
            <Button isDisabled={isBusy} onClick={() => void check.run()}>
              Check again
            </Button>
          )}
          {(canConnect || check.isRunning) && (
            <Button look="primary" isBusy={isBusy} isDisabled={check.isRunning} onClick={() => void connect()}>
              {isBusy ? 'Connecting' : hasGaps ? 'Connect with gaps' : 'Connect'}
            </Button>
          )}
        </>
      }
    >
      {check.trouble && <TroubleNotice trouble={check.trouble} />}
      {check.result && !canConnect && <Unusable result={check.result} />}
      <CheckMatrix rows={check.rows} isOver={!check.isRunning} />
      <CheckVerdict result={check.result} rows={check.rows} estimate={check.estimate} isFirst={!isUpdate} />
      {problem && <TroubleNotice trouble={problem} />}
    </Screen>
  )
}

function titleOf(verdict: 'ok' | 'incomplete' | 'unusable' | null, hasGaps: boolean): string {
  if (verdict === 'ok') return 'The token can read everything'
  if (verdict === 'incomplete') return hasGaps ? 'The token can read most of it' : 'The token is valid'
  return verdict === 'unusable' ? 'This token cannot be used' : 'The token could not be checked'
}
