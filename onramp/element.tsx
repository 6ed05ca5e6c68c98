import { render } from 'preact'
import type { Connection } from './answers.ts'
import { type Brand, brandProperties } from './colors.ts'
import { Frame } from './flow/frame.tsx'
import { styleSheets } from './styles.ts'
import type { Trouble } from './trouble.ts'

export interface ConnectedDetail {
  readonly data: Connection
  readonly httpStatus: number
  readonly message: string
}
export type FailedDetail = Trouble

/** Names of attributes, and of the properties that say the same. */
const ATTRIBUTES = {
  token: 'token',
  'base-url': 'baseUrl',
  'primary-color': 'primaryColor',
  'logo-url': 'logoUrl',
  'vendor-name': 'vendorName',
  'dark-mode': 'darkMode',
  variant: 'variant',
} as const
const OBJECTS = ['darkModeColor', 'docsUrlOverrides'] as const

/**
 * Connects an Okta org: from an invite token to the end of the first sync.
 *
 * `<rollcall-onramp token="…" vendor-name="Acme Security"></rollcall-onramp>` opens a modal dialog over the page it is put
 * into; with `variant="page"` it fills its place. Events: `connected` (ConnectedDetail), `failed` (FailedDetail), `closed`.
 */
export class RollcallOnrampElement extends HTMLElement {
  static readonly observedAttributes = Object.keys(ATTRIBUTES)

  #darkModeColor: Brand['dark'] = null
  #docsUrlOverrides: Readonly<Record<string, string>> = {}
  readonly #root: ShadowRoot

  constructor() {
    super()
    this.#root = this.attachShadow({ mode: 'open' })
    this.#root.adoptedStyleSheets = [...styleSheets()]
  }

  /** The invite token. */
  get token(): string {
    return this.getAttribute('token') ?? ''
  }
  set token(value: string | null) {
    this.#reflect('token', value)
  }

  /** Where Rollcall is; by default where this script came from. */
  get baseUrl(): string {
    return this.getAttribute('base-url') || new URL(import.meta.url).origin
  }
  set baseUrl(value: string | null) {
    this.#reflect('base-url', value)
  }

  /** Any opaque CSS color; what is none is ignored. */
  get primaryColor(): string | null {
    return this.getAttribute('primary-color')
  }
  set primaryColor(value: string | null) {
    this.#reflect('primary-color', value)
  }

  /** The logo of the product that asks. */
  get logoUrl(): string | null {
    return this.getAttribute('logo-url')
  }
  set logoUrl(value: string | null) {
    this.#reflect('logo-url', value)
  }

  /** The name of the product that asks. */
  get vendorName(): string | null {
    return this.getAttribute('vendor-name')
  }
  set vendorName(value: string | null) {
    this.#reflect('vendor-name', value)
  }

  /** Null: as the person's system has it. */
  get darkMode(): boolean | null {
    const value = this.getAttribute('dark-mode')
    return value === null ? null : value !== 'false'
  }
  set darkMode(value: boolean | null | undefined) {
    this.#reflect('dark-mode', value === null || value === undefined ? null : String(value))
  }

  /** `dialog` over the page, or `page`: in its place. */
  get variant(): 'dialog' | 'page' {
    return this.getAttribute('variant') === 'page' ? 'page' : 'dialog'
  }
  set variant(value: 'dialog' | 'page' | null) {
    this.#reflect('variant', value)
  }

  /** Colors that differ where it is dark: buttons, the ground, lines. */
  get darkModeColor(): Brand['dark'] {
    return this.#darkModeColor
  }
  set darkModeColor(value: Brand['dark'] | undefined) {
    this.#darkModeColor = value ?? null
    this.#show()
  }

  /** By vendor (`OKTA_IDP`): where its guide is, in place of the vendor's own. */
  get docsUrlOverrides(): Readonly<Record<string, string>> {
    return this.#docsUrlOverrides
  }
  set docsUrlOverrides(value: Readonly<Record<string, string>> | null | undefined) {
    this.#docsUrlOverrides = value ?? {}
    this.#show()
  }

  connectedCallback(): void {
    for (const name of [...Object.values(ATTRIBUTES), ...OBJECTS]) this.#adopt(name)
    this.#show()
  }

  disconnectedCallback(): void {
    // Ends every request with it.
    render(null, this.#root)
  }

  attributeChangedCallback(): void {
    this.#show()
  }

  #show(): void {
    if (!this.isConnected) return
    const properties = brandProperties({ primary: this.primaryColor, dark: this.#darkModeColor })
    for (const [name, value] of Object.entries(properties)) this.#setStyle(name, value)
    this.#setStyle('color-scheme', this.darkMode === null ? null : this.darkMode ? 'dark' : 'light')
    render(
      <Frame
        key={`${this.baseUrl} ${this.token}`}
        token={this.token}
        baseUrl={this.baseUrl}
        variant={this.variant}
        vendorName={this.vendorName || null}
        logoUrl={this.logoUrl || null}
        docsUrlOverrides={this.#docsUrlOverrides}
        onConnected={(detail) => this.#tell<ConnectedDetail>('connected', detail)}
        onFailed={(detail) => this.#tell<FailedDetail>('failed', detail)}
        onClosed={() => this.#tell('closed', null)}
      />,
      this.#root,
    )
  }

  #tell<Detail>(name: string, detail: Detail): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  #reflect(attribute: keyof typeof ATTRIBUTES, value: string | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(attribute)
    else this.setAttribute(attribute, value)
  }

  /** Takes over a property that was set before the browser knew what this element is. */
  #adopt(name: string): void {
    const early = Object.getOwnPropertyDescriptor(this, name)
    if (!early) return
    Reflect.deleteProperty(this, name)
    Reflect.set(this, name, early.value)
  }

  #setStyle(name: string, value: string | null): void {
    if (value === null) this.style.removeProperty(name)
    else this.style.setProperty(name, value)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rollcall-onramp': RollcallOnrampElement
  }
}

if (!customElements.get('rollcall-onramp')) customElements.define('rollcall-onramp', RollcallOnrampElement)
