import { useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { Icon } from '../../ui/icon.tsx'
import { withQuery } from '../ui/address.ts'

/** Finds organizations by the caller's own reference, exactly. What is searched for is in the address. */
export function IdentifierSearch({ identifier }: { readonly identifier: string }) {
  const { url, route } = useLocation()
  const [text, setText] = useState(identifier)
  const search = (wanted: string) => route(withQuery(url, { identifier: wanted.trim() || null, offset: null }))
  return (
    <search>
      <form
        class="identifier-search"
        onSubmit={(event) => {
          event.preventDefault()
          search(text)
        }}
      >
        <Icon name="search" />
        <input
          class="input"
          type="search"
          aria-label="Find an organization by its identifier"
          placeholder="Exact identifier"
          value={text}
          maxLength={255}
          onInput={(event) => {
            setText(event.currentTarget.value)
            // The field's own cross, or everything deleted.
            if (event.currentTarget.value === '' && identifier !== '') search('')
          }}
        />
      </form>
    </search>
  )
}
