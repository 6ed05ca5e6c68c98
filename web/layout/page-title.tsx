import { useEffect, useState } from 'preact/hooks'

const APP = 'Rollcall'
/** Titles of what is shown, the outermost with the lowest number. */
const shown = new Map<number, string>()
const listeners = new Set<(title: string) => void>()
let next = 0

function update(): void {
  const inner = [...shown].sort(([a], [b]) => b - a).map(([, title]) => title)
  document.title = [...inner, APP].join(' · ')
  for (const listener of listeners) listener(document.title)
}

/**
 * Names a part of what is shown in the window's title. Each part names only itself: a user's page within a connection
 * makes `Ada Lovelace · Users · Acme · Rollcall`. Null while the name is not known.
 */
export function usePageTitle(title: string | null): void {
  // Outer parts are rendered first and so have lower numbers.
  const [place] = useState(() => next++)
  useEffect(() => {
    if (title === null) return
    shown.set(place, title)
    update()
    return () => {
      shown.delete(place)
      update()
    }
  }, [place, title])
}

/** Says the title of each page that is gone to: who cannot see the page change hears it. */
export function PageAnnouncer() {
  const [title, setTitle] = useState('')
  useEffect(() => {
    const say = (text: string) => setTitle(text)
    listeners.add(say)
    return () => void listeners.delete(say)
  }, [])
  return (
    <div class="visually-hidden" aria-live="polite">
      {title}
    </div>
  )
}
