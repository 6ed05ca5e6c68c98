import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon } from '../../ui/icon.tsx'

interface SearchFieldProps {
  readonly label: string
  /** What the address says is searched for. */
  readonly value: string
  readonly placeholder?: string
  /** What may be meant, offered while it is typed. */
  readonly suggestions?: readonly string[]
  onSearch(text: string): void
}

/** Milliseconds of not typing after which is searched. */
const PAUSE_MS = 300

/** Text to search for, a moment after it was typed. */
export function SearchField({ label, value, placeholder = label, suggestions, onSearch }: SearchFieldProps) {
  const id = useId()
  const [text, setText] = useState(value)
  const sent = useRef(value)
  const search = useRef(onSearch)
  search.current = onSearch

  // The address changed otherwise: by the back button, or because filters were cleared.
  useEffect(() => {
    if (value === sent.current) return
    sent.current = value
    setText(value)
  }, [value])

  useEffect(() => {
    if (text.trim() === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text.trim()
      search.current(sent.current)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])

  return (
    <label class="search-field">
      <span class="visually-hidden">{label}</span>
      <Icon name="search" />
      <input
        class="input"
        type="search"
        placeholder={placeholder}
        value={text}
        maxLength={500}
        autocomplete="off"
        spellcheck={false}
        list={suggestions && id}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {suggestions && (
        <datalist id={id}>
          {suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
    </label>
  )
}
