import { type ComponentChildren, createContext } from 'preact'
import { useCallback, useContext, useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { dataOf, RollcallError, type Schema } from '../../src/client/index.ts'
import { api, onSessionEnd } from '../session.ts'
import { Failure } from '../ui/failure.tsx'

type Session = Schema<'Session'>

interface SessionState {
  /** Who is signed in: null for nobody, undefined while that is not known yet. */
  readonly session: Session | null | undefined
  readonly error: Error | null
  /** Whether somebody was signed in until the server said that the session has ended. */
  readonly hasEnded: boolean
  signIn(apiKey: string): Promise<void>
  signOut(): Promise<void>
  ask(): void
}

const Current = createContext<SessionState | null>(null)

/** Knows who is signed in, for everything within. The API key itself is kept nowhere: the server keeps a session. */
export function SessionProvider({ children }: { readonly children: ComponentChildren }) {
  const [session, setSession] = useState<Session | null | undefined>(undefined)
  const [error, setError] = useState<Error | null>(null)
  const [hasEnded, setEnded] = useState(false)

  const ask = useCallback(() => {
    setError(null)
    dataOf(api.GET('/session'))
      .then(setSession)
      .catch((thrown: Error) => {
        if (thrown instanceof RollcallError && thrown.status === 401) setSession(null)
        else setError(thrown)
      })
  }, [])
  useEffect(ask, [ask])
  useEffect(
    () =>
      onSessionEnd(() => {
        setEnded(true)
        setSession(null)
      }),
    [],
  )

  const signIn = useCallback(async (apiKey: string) => {
    setSession(await dataOf(api.POST('/session', { body: { api_key: apiKey } })))
    setEnded(false)
  }, [])
  const signOut = useCallback(async () => {
    await dataOf(api.DELETE('/session'))
    setSession(null)
  }, [])
  return <Current.Provider value={{ session, error, hasEnded, signIn, signOut, ask }}>{children}</Current.Provider>
}

/** @throws Error outside of a SessionProvider */
export function useSession(): SessionState {
  const current = useContext(Current)
  if (!current) throw new Error('no session is known here')
  return current
}

/** Whether what changes something may be offered: a read-only key is refused it. */
export const useMayWrite = (): boolean => useSession().session?.access === 'full'

/** Shows what is within to who is signed in, and sends everybody else to sign in, and back here afterwards. */
export function SignedIn({ children }: { readonly children: ComponentChildren }) {
  const { session, error, ask } = useSession()
  const { url, route } = useLocation()
  useEffect(() => {
    if (session === null) route(signInPath(url), true)
  }, [session, url, route])
  if (error) return <Failure error={error} onRetry={ask} />
  if (!session) return <div class="coming" aria-busy="true" />
  return <>{children}</>
}

const signInPath = (url: string): string => (url === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(url)}`)

/** Where to go after signing in: an address of this dashboard, whatever a link claims. */
export function pathAfterSignIn(next: string | undefined): string {
  const url = next?.startsWith('/') ? URL.parse(next, location.origin) : null
  if (!url || url.origin !== location.origin || url.pathname.startsWith('/sign-in')) return '/'
  return `${url.pathname}${url.search}`
}
