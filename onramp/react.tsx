/** @jsxImportSource react */
'use client'
import { type DetailedHTMLProps, type HTMLAttributes, useEffect, useRef } from 'react'
import type { Schema } from '../src/client/index.ts'
import type { ConnectedDetail, FailedDetail, RollcallOnrampElement } from './element.tsx'

/** What came of it: the connection that was made or brought up to date. */
export interface LeenOnRampResponse {
  readonly data: Schema<'Connection'>
  /** Status of the answer that said so: 200. */
  readonly httpStatus: number
  readonly message: string
}

/** Why an attempt failed. The person sees it too, and may try again. */
export interface RollcallOnrampFailure {
  /** A code to branch on, as the error reference lists them; `onramp_not_loaded` when the component's own file is missing. */
  readonly code: string
  readonly message: string
  /** Status of the answer; null when there was none. */
  readonly httpStatus: number | null
}

/** The colors of dark mode. */
export interface RollcallOnrampColors {
  readonly primary?: string
  readonly secondary?: string
  readonly border?: string
}

/** The props of `LeenOnRamp`, and `baseUrl` and `onError`. */
export interface RollcallOnrampProps {
  /** An invite token, made by your own server. */
  readonly token: string
  /** Told once the connection is there. The flow stays open and shows the first sync. */
  readonly setLeenOnRampResponse: (response: LeenOnRampResponse | undefined) => void
  /** Told `false` when the person closes the flow; take the component away then. */
  readonly setShowLeenOnRamp: (isShown: boolean) => void
  /** Where Rollcall is, such as `https://rollcall.example.com`. Left out: where `rollcall-onramp.js` came from. */
  readonly baseUrl?: string
  readonly primaryColor?: string
  readonly logoUrl?: string
  /** The name of your product. */
  readonly vendorName?: string
  /** Vendor (`OKTA_IDP`) to the address of your own instructions for it. */
  readonly docsUrlOverrides?: Readonly<Record<string, string>>
  /** Left out: as the person's system has it. */
  readonly darkMode?: boolean
  readonly darkModeColor?: RollcallOnrampColors
  /** Called for each failed attempt. */
  readonly onError?: (failure: RollcallOnrampFailure) => void
  /** Accepted and ignored: the component is the one you installed, nothing is loaded from elsewhere. */
  readonly bundleVersion?: string
  /** Accepted and ignored: there are no regions, `baseUrl` says where the server is. */
  readonly config?: { readonly region?: string }
  /** Accepted and ignored: no vendor here pushes data, so `data.api_credentials` is always null. */
  readonly generateApiKey?: boolean
}

/**
 * The flow in which a person connects their Okta org, as a dialog over the page. Shows while it is mounted; taking it away
 * closes it. Another `token` or `baseUrl` begins anew; every other prop may change at any time and loses nothing typed.
 */
export function RollcallOnramp(props: RollcallOnrampProps) {
  const place = useRef<HTMLDivElement>(null)
  const shown = useRef<RollcallOnrampElement>(null)
  const latest = useRef(props)
  const { token, baseUrl } = props

  useEffect(() => {
    const before = latest.current
    latest.current = props
    if (shown.current) dress(shown.current, props, before)
  })

  useEffect(() => {
    const gone = new AbortController()
    const show = (): void => {
      // Strict mode mounts twice; what was taken away while the file loaded must not show.
      if (gone.signal.aborted) return
      const element = document.createElement('rollcall-onramp') as RollcallOnrampElement
      element.token = token
      if (baseUrl !== undefined) element.baseUrl = baseUrl
      dress(element, latest.current, {})
      const { signal } = gone
      const on = <Detail,>(name: string, tell: (detail: Detail) => void): void =>
        element.addEventListener(name, (event) => tell((event as CustomEvent<Detail>).detail), { signal })
      on<ConnectedDetail>('connected', (response) => latest.current.setLeenOnRampResponse(response))
      on<FailedDetail>('failed', (failure) => latest.current.onError?.(failure))
      on('closed', () => latest.current.setShowLeenOnRamp(false))
      place.current?.append(element)
      shown.current = element
    }
    // Loaded here and not above: on a server, where pages are rendered too, there are no custom elements.
    import('./element.tsx').then(show, () => {
      if (gone.signal.aborted) return
      latest.current.onError?.(NOT_LOADED)
      latest.current.setShowLeenOnRamp(false)
    })
    return () => {
      gone.abort()
      shown.current?.remove()
      shown.current = null
    }
  }, [token, baseUrl])

  return <div ref={place} />
}

/** The same under the name that v1 gave it. */
export { RollcallOnramp as LeenOnRamp }

const NOT_LOADED: RollcallOnrampFailure = {
  code: 'onramp_not_loaded',
  message: 'The connection dialog could not be loaded. Check the network and try again.',
  httpStatus: null,
}

const LOOKS = ['primaryColor', 'logoUrl', 'vendorName', 'docsUrlOverrides', 'darkMode', 'darkModeColor'] as const

type Looks = Partial<Pick<RollcallOnrampProps, (typeof LOOKS)[number]>>

/** Sets how it looks: only what changed, so that nothing is drawn anew without need. */
function dress(element: RollcallOnrampElement, now: Looks, before: Looks): void {
  for (const name of LOOKS) if (now[name] !== before[name]) Object.assign(element, { [name]: now[name] ?? null })
}

/** The element itself in JSX, for React 19 and newer, which passes events on to it. */
export interface RollcallOnrampAttributes
  extends DetailedHTMLProps<HTMLAttributes<RollcallOnrampElement>, RollcallOnrampElement> {
  readonly token?: string
  readonly 'base-url'?: string
  readonly 'primary-color'?: string
  readonly 'logo-url'?: string
  readonly 'vendor-name'?: string
  readonly 'dark-mode'?: string
  readonly variant?: 'dialog' | 'page'
  readonly onconnected?: (event: CustomEvent<LeenOnRampResponse>) => void
  readonly onfailed?: (event: CustomEvent<RollcallOnrampFailure>) => void
  readonly onclosed?: (event: CustomEvent) => void
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'rollcall-onramp': RollcallOnrampAttributes
    }
  }
}
