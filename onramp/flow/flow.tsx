import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Estimate } from '../answers.ts'
import type { ConnectedDetail } from '../element.tsx'
import { readInviteToken } from '../invite-token.ts'
import { recall, remember } from '../memory.ts'
import { openServer } from '../server.ts'
import { troubleOf } from '../trouble.ts'
import { CheckStep } from './check-step.tsx'
import { DomainStep } from './domain-step.tsx'
import { Loading, Over, Refused, Unanswered } from './edges.tsx'
import { afterInvite, afterRefusal, type FlowState, type FoundOrg, stepOf } from './state.ts'
import { StepList } from './step-list.tsx'
import { SyncStep } from './sync-step.tsx'
import { TokenStep } from './token-step.tsx'

interface FlowProps {
  readonly token: string
  readonly baseUrl: string
  onConnected(detail: ConnectedDetail): void
}

/** From the invite link to the end of the first sync, one step at a time. */
export function Flow({ token, baseUrl, onConnected }: FlowProps) {
  const claims = useMemo(() => readInviteToken(token), [token])
  const server = useMemo(() => claims && openServer({ ...claims, baseUrl, token }), [claims, baseUrl, token])
  const [state, setState] = useState<FlowState>(server ? { at: 'loading' } : { at: 'refused' })
  const [round, setRound] = useState(0)
  // The Okta API token between its entry and its use. Never in the state, the page or the storage.
  const secret = useRef<string | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again
  useEffect(() => {
    if (!server || !claims) return
    const gone = new AbortController()
    setState({ at: 'loading' })
    server.invite(gone.signal).then(
      (invite) => setState(afterInvite(invite, recall(claims.id))),
      (thrown: unknown) => {
        if (gone.signal.aborted) return
        const trouble = troubleOf(thrown)
        const isRefused = trouble.httpStatus !== null && trouble.httpStatus < 500 && trouble.httpStatus !== 429
        setState(isRefused ? afterRefusal(recall(claims.id)) : { at: 'unanswered', trouble })
      },
    )
    return () => {
      gone.abort()
      secret.current = null
    }
  }, [server, claims, round])

  if (!server || !claims || state.at === 'refused') return <Refused />
  const refuse = () => setState(afterRefusal(recall(claims.id)))
  const keep = (part: Parameters<typeof remember>[1]) => remember(claims.id, part)

  const content = () => {
    switch (state.at) {
      case 'loading':
        return <Loading />
      case 'unanswered':
        return <Unanswered trouble={state.trouble} onRetry={() => setRound((count) => count + 1)} />
      case 'domain':
        return (
          <DomainStep
            server={server}
            invite={state.invite}
            initial={state.domain}
            onRefused={refuse}
            onType={(domain) => keep({ domain })}
            onFound={(org: FoundOrg) => {
              keep({ org })
              setState({ at: 'token', invite: state.invite, org })
            }}
          />
        )
      case 'token':
        return (
          <TokenStep
            invite={state.invite}
            org={state.org}
            onBack={() =>
              setState({ at: 'domain', invite: state.invite, domain: recall(claims.id).domain ?? state.org.host })
            }
            onToken={(apiToken) => {
              secret.current = apiToken
              setState({ ...state, at: 'check' })
            }}
          />
        )
      case 'check':
        return (
          <CheckStep
            server={server}
            invite={state.invite}
            org={state.org}
            secret={secret}
            onBack={() => {
              secret.current = null
              setState({ ...state, at: 'token' })
            }}
            onRefused={refuse}
            onConnected={(detail: ConnectedDetail, estimate: Estimate | null) => {
              secret.current = null
              keep({ connectionId: detail.data.id, ...(estimate && { estimate }) })
              setState({ at: 'sync', connectionId: detail.data.id, estimate })
              onConnected(detail)
            }}
          />
        )
      case 'sync':
        return (
          <SyncStep
            server={server}
            connectionId={state.connectionId}
            estimate={state.estimate}
            onDone={() => setState({ at: 'over' })}
          />
        )
      case 'over':
        return <Over />
    }
  }

  return (
    <>
      <StepList current={stepOf(state)} isOver={state.at === 'over'} />
      {content()}
    </>
  )
}
