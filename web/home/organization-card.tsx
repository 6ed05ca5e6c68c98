import type { Schema } from '../../src/client/index.ts'
import { Button } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { formatCounted } from '../../ui/numbers.ts'
import { useMayWrite } from '../layout/session.tsx'
import { sentenceOf } from '../ui/failure.tsx'
import { webhooksPath } from '../webhooks/words.ts'
import { ConnectionRow } from './connection-row.tsx'
import { COMMAND_LINE, type OrganizationAndConnections } from './load.ts'

export const organizationName = ({ name, identifier }: Schema<'Organization'>): string =>
  name || identifier || 'Unnamed organization'

interface OrganizationCardProps extends OrganizationAndConnections {
  /** Somebody wants to connect an org for it. */
  onConnect(): void
}

/** An organization and what it has connected. */
export function OrganizationCard({ organization, connections, total, error, onConnect }: OrganizationCardProps) {
  const mayWrite = useMayWrite()
  const id = `organization-${organization.id}`
  // No landmark: several may have one name.
  return (
    <article class="card organization" aria-labelledby={id}>
      <header class="row apart">
        <div class="organization-name">
          <h2 id={id} title={organizationName(organization)}>
            <bdi>{organizationName(organization)}</bdi>
          </h2>
          {organization.identifier && (
            <code class="muted">
              <bdi>{organization.identifier}</bdi>
            </code>
          )}
          {!error && connections.length === 0 && (
            <span class="muted small">
              {organization.id === COMMAND_LINE
                ? 'Orgs that are read by the command rollcall sync show here.'
                : 'Nothing connected yet.'}
            </span>
          )}
        </div>
        <div class="row organization-actions">
          {organization.id !== COMMAND_LINE && (
            <a class="small" href={webhooksPath(organization.id)} aria-describedby={id}>
              Webhooks
            </a>
          )}
          {mayWrite && (
            <Button onClick={onConnect} aria-describedby={id}>
              Connect Okta
            </Button>
          )}
        </div>
      </header>
      {error && (
        <Notice tone="bad" title="Its connections could not be loaded">
          <p>{sentenceOf(error)}</p>
        </Notice>
      )}
      {connections.length > 0 && (
        <ul>
          {connections.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} />
          ))}
        </ul>
      )}
      {total > connections.length && (
        <p class="muted small">
          {formatCounted(total - connections.length, 'more connection')}, read them over the API.
        </p>
      )}
    </article>
  )
}
