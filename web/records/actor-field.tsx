import { useEffect, useId, useState } from 'preact/hooks'
import { dataOf } from '../../src/client/index.ts'
import { Icon } from '../../ui/icon.tsx'
import { useConnection } from '../connection/context.tsx'
import { api } from '../session.ts'
import { useAnswer } from '../ui/use-answer.ts'
import { userName } from './names.ts'

interface ActorFieldProps {
  readonly label: string
  /** Our id or Okta's, as the address has it; empty: anybody. */
  readonly value: string
  onChange(id: string | null): void
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** Okta's ids of users, API tokens, apps: three characters that say what it is, and seventeen more. */
const OKTA_ID = /^[0-9a-z]{3}[0-9A-Za-z]{17}$/

/** Chooses one person: by name or email from those who are there, or by an id. */
export function ActorField({ label, value, onChange }: ActorFieldProps) {
  if (value) return <ChosenActor key={value} label={label} value={value} onChange={onChange} />
  return <ActorSearch label={label} onChange={onChange} />
}

/** Who is chosen, by name where the id is known. */
function ChosenActor({ label, value, onChange }: ActorFieldProps) {
  const { headers } = useConnection()
  const { data } = useAnswer(value, (signal) => {
    const query = { ...(UUID.test(value) ? { ids: value } : { vendorId: value }), limit: 1, excludeTotal: true }
    return dataOf(api.GET('/idp/users', { params: { query }, headers, signal }))
  })
  const user = data?.items[0]
  return (
    <button type="button" class="button chip" onClick={() => onChange(null)}>
      <span class="muted">{label}:</span>
      <bdi class="chosen">{user ? userName(user) : value}</bdi>
      <Icon name="close" />
      <span class="visually-hidden">Take this filter away</span>
    </button>
  )
}

function ActorSearch({ label, onChange }: Omit<ActorFieldProps, 'value'>) {
  const { headers, connectionId } = useConnection()
  const id = useId()
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 300)
    return () => clearTimeout(timer)
  }, [text])
  const { data } = useAnswer(asked.length > 1 ? `${connectionId} ${asked}` : null, (signal) =>
    dataOf(
      api.GET('/idp/users', { params: { query: { search: asked, limit: 8, excludeTotal: true } }, headers, signal }),
    ),
  )
  const users = data?.items ?? []
  const typed = (now: string) => {
    setText(now)
    const found = users.find((user) => [user.username, user.email, user.vendor_id].includes(now))
    if (found) onChange(found.id)
    else if (UUID.test(now.trim()) || OKTA_ID.test(now.trim())) onChange(now.trim())
  }
  return (
    <label class="search-field">
      <span class="visually-hidden">{label}: name, email or id</span>
      <Icon name="search" />
      <input
        class="input"
        type="search"
        list={id}
        placeholder={`${label}: name, email or id`}
        value={text}
        maxLength={500}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => typed(event.currentTarget.value)}
      />
      <datalist id={id}>
        {users.map((user) => (
          <option key={user.id} value={user.username ?? user.email ?? user.vendor_id}>
            {userName(user)}
          </option>
        ))}
      </datalist>
    </label>
  )
}
