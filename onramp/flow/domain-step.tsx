import { useEffect, useRef, useState } from 'preact/hooks'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import type { DomainAnswer, Invite } from '../answers.ts'
import type { OnrampServer } from '../server.ts'
import { sentenceOn, type Trouble, trouble, troubleOf } from '../trouble.ts'
import { useShown, useSurroundings } from './context.ts'
import { Disclosure } from './disclosure.tsx'
import { Screen } from './screen.tsx'
import { type FoundOrg, orgIn } from './state.ts'
import { useDomainPreview } from './use-domain-preview.ts'

interface DomainStepProps {
  readonly server: OnrampServer
  readonly invite: Invite
  readonly initial: string
  onType(domain: string): void
  onFound(org: FoundOrg): void
  /** The link has been used, or has run out. */
  onRefused(): void
}

const MISSING = trouble('domain_invalid', 'Enter the address of your Okta org, for example acme.okta.com.')
const NO_ORG = 'No Okta org answers at this address. Check it for typing errors.'

/** Where the org is: takes what people paste, shows what it makes of it, and asks whether an Okta org answers there. */
export function DomainStep({ server, invite, initial, onType, onFound, onRefused }: DomainStepProps) {
  const [text, setText] = useState(initial)
  const [problem, setProblem] = useState<Trouble | null>(null)
  const [isBusy, setBusy] = useState(false)
  const preview = useDomainPreview(server, text)
  const gone = useRef<AbortController | null>(null)
  useEffect(() => () => gone.current?.abort(), [])
  useShown(problem)

  const submit = async () => {
    if (isBusy) return
    if (text.trim() === '') {
      setProblem({ ...MISSING })
      return
    }
    gone.current = new AbortController()
    const { signal } = gone.current
    setBusy(true)
    setProblem(null)
    try {
      const answer = await server.domain(text, { ask: true, signal })
      const org = orgIn(answer)
      if (org) onFound(org)
      else
        setProblem(trouble(answer.code ?? 'not_an_okta_org', sentenceOn(answer.code ?? '') ?? answer.message ?? NO_ORG))
    } catch (thrown) {
      if (signal.aborted) return
      const found = troubleOf(thrown)
      if (found.code === 'invite_token_invalid') onRefused()
      else setProblem(found)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Screen
      title={titleOf(invite)}
      intro={<Purpose invite={invite} />}
      onSubmit={submit}
      actions={
        <Button type="submit" look="primary" isBusy={isBusy}>
          {isBusy ? 'Looking for the org' : 'Continue'}
        </Button>
      }
    >
      <div class="domain">
        <Field
          label="Okta domain"
          name="domain"
          placeholder="acme.okta.com"
          value={text}
          error={problem?.message}
          inputMode="url"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          maxLength={2_000}
          onInput={(value) => {
            setText(value)
            setProblem(null)
            onType(value)
          }}
        />
        <div class="preview small" aria-live="polite">
          {!problem && preview && <Preview answer={preview} />}
        </div>
      </div>
      <Disclosure summary="Where do I find my domain?">
        <p>
          It is the first part of the address in your browser while you use Okta, for example <code>acme.okta.com</code>
          . In the Okta Admin Console it stands in the menu behind your name, at the top right.
        </p>
        <p>
          The address of the Admin Console (<code>acme-admin.okta.com</code>) and a domain of your own (
          <code>login.acme.com</code>) work as well. Paste either as it is.
        </p>
      </Disclosure>
    </Screen>
  )
}

function titleOf({ purpose, connection, vendorName }: Invite): string {
  if (purpose === 'create') return `Connect ${vendorName}`
  return connection?.org_name
    ? `Update the connection to ${connection.org_name}`
    : `Update your ${vendorName} connection`
}

function Purpose({ invite }: { readonly invite: Invite }) {
  const { asker } = useSurroundings()
  const whose = invite.organization_name ? ` for ${invite.organization_name}` : ''
  if (invite.purpose === 'update')
    return <>{asker} needs a new API token of the same org. What was read before stays.</>
  return (
    <>
      {asker} wants to read users, groups, applications, policies, admin roles and the System Log{whose}. It only reads:
      nothing in your org is changed.
    </>
  )
}

/** What was made of the text so far. What is wrong with it is only a remark while the person still types. */
function Preview({ answer: { is_valid, host, notes, message } }: { readonly answer: DomainAnswer }) {
  if (!is_valid || host === null) return <p class="muted">{message}</p>
  return (
    <>
      <p>
        Okta address: <strong>{host}</strong>
      </p>
      {notes.map((note) => (
        <p key={note} class="muted">
          {note}
        </p>
      ))}
    </>
  )
}
