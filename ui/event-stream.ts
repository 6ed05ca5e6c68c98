import { createParser } from 'eventsource-parser'

export interface StreamedEvent {
  /** Its name: `progress`. */
  readonly event: string
  /** Its JSON, read. */
  readonly data: unknown
}

export interface EventStreamRequest {
  readonly url: string
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  readonly signal: AbortSignal
  onEvent(event: StreamedEvent): void
}

/** The answer to a request for events was none. */
export class EventStreamRefused extends Error {
  /** HTTP status. */
  readonly status: number
  /** What kind of error it is, as the API's reference lists them. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'EventStreamRefused'
    this.status = status
    this.code = code
  }
}

/**
 * Reads server-sent events to their end. Over fetch, since the browser's own EventSource sends no headers and no body.
 * Resolves when the server has closed the stream in good order.
 * @throws EventStreamRefused when the answer was an error, the signal's reason, or a TypeError when the line broke
 */
export async function readEvents({
  url,
  method = 'GET',
  headers,
  body,
  signal,
  onEvent,
}: EventStreamRequest): Promise<void> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...headers,
      accept: 'text/event-stream',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal,
  })
  if (!answer.ok || !answer.body) throw await refusal(answer)
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => onEvent({ event, data: JSON.parse(data) as unknown }),
  })
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    parser.feed(value)
  }
}

async function refusal(answer: Response): Promise<EventStreamRefused> {
  const body = (await answer.json().catch(() => null)) as { detail?: unknown; code?: unknown } | null
  const code = typeof body?.code === 'string' ? body.code : 'unknown'
  const detail = typeof body?.detail === 'string' ? body.detail : answer.statusText
  return new EventStreamRefused(answer.status, code, detail)
}
