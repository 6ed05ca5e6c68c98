/** Response headers under any case, with every line of a repeated header kept. */
export class ResponseHeaders {
  readonly #lines = new Map<string, string[]>()

  constructor(headers: Readonly<Record<string, string | readonly string[] | undefined>> = {}) {
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) continue
      const lines = typeof value === 'string' ? [value] : value
      this.#lines.set(name.toLowerCase(), [...(this.#lines.get(name.toLowerCase()) ?? []), ...lines])
    }
  }

  /** The same headers with every line changed. */
  map(change: (line: string) => string): ResponseHeaders {
    return new ResponseHeaders(Object.fromEntries([...this.#lines].map(([name, lines]) => [name, lines.map(change)])))
  }

  /** The first line, or undefined. */
  get(name: string): string | undefined {
    return this.#lines.get(name.toLowerCase())?.[0]
  }

  all(name: string): readonly string[] {
    return this.#lines.get(name.toLowerCase()) ?? []
  }
}
