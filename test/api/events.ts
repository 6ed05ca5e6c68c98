/** One server-sent event: its name, and its JSON read. */
export interface Told {
  readonly event: string
  readonly data: Record<string, unknown>
}

/** The events of an answer, until it ends or `enough` says so. */
export async function eventsOf(answer: Response, enough: (told: readonly Told[]) => boolean = () => false) {
  const told: Told[] = []
  let text = ''
  const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return told
    text += value
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? []
      if (event) told.push({ event, data: JSON.parse(data) as Record<string, unknown> })
    }
    if (enough(told)) {
      await reader.cancel()
      return told
    }
  }
}
