import { Icon } from '../../ui/icon.tsx'
import { TokenPagePicture } from '../picture.tsx'
import { useSurroundings } from './context.ts'
import { Copyable } from './copyable.tsx'
import { Disclosure } from './disclosure.tsx'

interface TokenGuideProps {
  readonly tokenPageUrl: string | null
  readonly egressAddresses: readonly string[]
  readonly docsUrl: string
}

const TOKEN_NAME = 'Rollcall (read only)'

/** How the token is made, in the order in which a person does it. The first three numbers are those in the picture. */
export function TokenGuide({ tokenPageUrl, egressAddresses, docsUrl }: TokenGuideProps) {
  return (
    <>
      <section class="who">
        <h2>Who should create it</h2>
        <p>
          Best a service user of its own with the role <b>Read-Only Administrator</b>. A token stops working when its
          user is deactivated, or after 30 days without use; Rollcall uses it all the time.
        </p>
        <Disclosure summary="To read admin roles as well">
          <p>
            Read-Only Administrators do not see who holds an admin role. Give the user a custom role too, with the
            permission <b>View roles, resources, and admin assignments</b> (<code>okta.iam.read</code>) on a resource
            set with all Identity and Access Management resources.
          </p>
          <p>You can leave this out: everything else is read, and admin roles will be missing.</p>
        </Disclosure>
      </section>
      <ol class="guide">
        <li>
          <h2>Open Security › API in the Okta Admin Console</h2>
          {tokenPageUrl !== null && (
            <a class="button" href={tokenPageUrl} target="_blank" rel="noopener noreferrer">
              Open it in Okta <Icon name="outside" />
              <span class="visually-hidden">(in a new tab)</span>
            </a>
          )}
        </li>
        <li>
          <h2>Choose the tab Tokens</h2>
          <figure>
            <TokenPagePicture />
          </figure>
        </li>
        <li>
          <h2>Press Create token, and name it</h2>
          <Copyable text={TOKEN_NAME} name="the name" />
        </li>
        <li>
          <h2>Choose where it may be used from</h2>
          <Networks addresses={egressAddresses} />
        </li>
        <li>
          <h2>Copy the token, and paste it here</h2>
          <p>
            Okta does not show it again. <code>SSWS</code> or quotes pasted along do no harm.{' '}
            <a href={docsUrl} target="_blank" rel="noopener noreferrer">
              Full instructions
              <span class="visually-hidden"> (in a new tab)</span>
            </a>
          </p>
        </li>
      </ol>
    </>
  )
}

function Networks({ addresses }: { readonly addresses: readonly string[] }) {
  const { asker } = useSurroundings()
  const whom = asker === 'Rollcall' ? 'whoever runs Rollcall' : asker
  if (addresses.length === 0)
    return (
      <p>
        <b>Any IP</b>, or a network zone that holds the address of this server. Ask {whom} for that address.
      </p>
    )
  return (
    <>
      <p>
        <b>Any IP</b>, or a network zone with {addresses.length === 1 ? 'this address' : 'these addresses'} of the
        server:
      </p>
      <ul class="addresses">
        {addresses.map((address) => (
          <li key={address}>
            <Copyable text={address} name={`the address ${address}`} />
          </li>
        ))}
      </ul>
    </>
  )
}
