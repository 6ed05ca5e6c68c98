import { promisify } from 'node:util'
import zlib from 'node:zlib'

/** Far above any page of Okta's, far below what would hurt this process. */
const BODY_LIMIT_BYTES = 64 * 1024 * 1024

/** The body is larger than it may be, compressed or not. */
export class BodyTooLarge extends Error {}

const gunzip = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip)
const inflate = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate)
const inflateRaw = promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflateRaw)
const brotliDecompress = promisify<Buffer, zlib.BrotliOptions, Buffer>(zlib.brotliDecompress)

/**
 * Reads a body to its end as text, undoing `Content-Encoding`.
 * @throws BodyTooLarge, or the stream's or zlib's error for a body that breaks off.
 */
export async function readBody(
  body: AsyncIterable<Buffer>,
  encodings: readonly string[],
  limit = BODY_LIMIT_BYTES,
): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) throw new BodyTooLarge()
    chunks.push(chunk)
  }
  let bytes: Buffer = Buffer.concat(chunks)
  const applied = encodings.flatMap((line) => line.split(',')).map((name) => name.trim().toLowerCase())
  for (const encoding of applied.reverse()) bytes = await decode(bytes, encoding, limit)
  // A proxy may pack a body and lose the header: no JSON begins like this.
  if (isGzip(bytes)) bytes = await decode(bytes, 'gzip', limit)
  // A byte order mark would break JSON.parse.
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

async function decode(bytes: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (bytes.length === 0) return bytes
  const options = { maxOutputLength: limit }
  try {
    // A proxy may unpack a body and leave the header: whether it is whole, its JSON tells.
    if (encoding === 'gzip' || encoding === 'x-gzip') return isGzip(bytes) ? await gunzip(bytes, options) : bytes
    if (encoding === 'br') return await brotliDecompress(bytes, options)
    // Half the world's servers send deflate without the zlib wrapper: RFC 9110, section 8.4.1.2.
    if (encoding === 'deflate') return await inflate(bytes, options).catch(() => inflateRaw(bytes, options))
    return bytes
  } catch (error) {
    throw error instanceof RangeError ? new BodyTooLarge() : error
  }
}
