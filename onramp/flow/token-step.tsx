import { useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Mark } from '../../ui/mark.tsx'
import type { Invite } from '../answers.ts'
import { type Trouble, trouble } from '../trouble.ts'
import { ENGINES } from '../words.ts'
import { useShown, useSurroundings } from './context.ts'
import { Screen } from './screen.tsx'
import type { FoundOrg } from './state.ts'
import { TokenField } from './token-field.tsx'
import { TokenGuide } from './token-guide.tsx'

interface TokenStepProps {
  readonly invite: Invite
  readonly org: FoundOrg
  onBack(): void
  onToken(apiToken: string): void
}

/** How the token is made in Okta, and the field that it is pasted into. */
export function TokenStep({ invite, org, onBack, onToken }: TokenStepProps) {
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState<Trouble | null>(null)
  const { docsUrlOverrides } = useSurroundings()
  useShown(problem)

  const submit = () => {
    const text = input.current?.value ?? ''
    // The server knows better what a token is: here only what is plainly none is kept from it.
    if (text.replace(/ssws|bearer|["'\s]/gi, '') === '') {
      setProblem(trouble('token_missing', 'Paste the token that Okta showed you.'))
      input.current?.focus()
      return
    }
    if (input.current) input.current.value = ''
    onToken(text)
  }

  return (
    <Screen
      title="Create an API token in Okta"
      intro="A token has the rights of the user who creates it, and is shown by Okta only once. It takes about a minute."
      onSubmit={submit}
      actions={
        <>
          <Button look="quiet" onClick={onBack}>
            Back
          </Button>
          <Button type="submit" look="primary">
            Check the token
          </Button>
        </>
      }
    >
      <div class="found">
        <Mark tone="good">
          <span class="host">{org.host}</span>
        </Mark>
        <span class="small muted">{org.engine === null ? 'Okta org found' : `${ENGINES[org.engine]} org found`}</span>
      </div>
      <TokenGuide
        tokenPageUrl={org.tokenPageUrl}
        egressAddresses={invite.egress_addresses}
        docsUrl={docsUrlOverrides[invite.vendor] ?? invite.docsUrl}
      />
      <TokenField inputRef={input} error={problem?.message ?? null} onInput={() => setProblem(null)} />
    </Screen>
  )
}
