import { createHash, randomUUID } from 'node:crypto'

/**
 * A name-based UUID (version 5, RFC 9562 section 5.5).
 * Ids are derived, never allocated: a membership can name its user before that user was read.
 */
function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest()
    .subarray(0, 16)
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = hash.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Our id of a record: a function of the connection, the entity and the id the IdP gave it. */
export const recordId = (connectionId: string, entity: string, vendorId: string): string =>
  uuidV5(connectionId, `${entity}:${vendorId}`)

/** A fresh random id, for things that exist only here (connections, jobs). */
export const newId = (): string => randomUUID()
