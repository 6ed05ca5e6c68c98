import type { ComponentChildren } from 'preact'
import { Copy } from './raw-json.tsx'

/** Facts with their names; those that are not there are left out. */
export function Facts({ facts }: { readonly facts: Readonly<Record<string, ComponentChildren>> }) {
  const known = Object.entries(facts).filter(
    ([, value]) => value !== null && value !== undefined && value !== false && value !== '',
  )
  return (
    <dl class="facts">
      {known.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The id Okta knows a record by, to be taken elsewhere. */
export function OktaId({ id }: { readonly id: string }) {
  return (
    <span class="copyable">
      <code>{id}</code>
      <Copy text={id} label="Copy the Okta id" />
    </span>
  )
}
