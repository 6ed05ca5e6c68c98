import type { Readable } from 'node:stream'

/** What is read of an answer; the rest is nobody's business, however long it may be. */
const MOST_BYTES = 64 * 1024
/** What of it is shown to whoever tests an endpoint. */
const SHOWN_CHARACTERS = 1_000

/**
 * Reads an answer to its end, or to 64 KiB, where it is cut off; resolves to its beginning as text.
 * @throws the stream's error for an answer that breaks off before
 */
export async function answerText(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    // Leaving the loop destroys the stream, and with it the connection: nothing more comes in.
    if (size >= MOST_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8').replaceAll('\0', '').slice(0, SHOWN_CHARACTERS)
}
