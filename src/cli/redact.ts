/** What is shorter, or blank, is no secret, and taking it out would only garble every sentence that has it. */
const SHORTEST = 4

/** An API key of Rollcall's own, wherever it comes from: most of them only their callers know. */
const API_KEY = /rck_[\w-]{43}/g

/** What must never be shown, whatever it turns up in: tokens, keys and the database's password. */
export class Secrets {
  readonly #values = new Set<string>()

  add(secret: string | null | undefined): void {
    if (!secret || secret.trim().length < SHORTEST) return
    this.#values.add(secret)
    this.#values.add(encodeURIComponent(secret))
  }

  /** Knows the password inside a database URL, as written and as meant. */
  addUrl(url: string | null | undefined): void {
    if (!url || !URL.canParse(url)) return
    const { password } = new URL(url)
    this.add(password)
    try {
      this.add(decodeURIComponent(password))
    } catch {
      // Not percent-encoded: as written is as meant.
    }
  }

  redact(text: string): string {
    let clean = text.replace(API_KEY, '[removed]')
    for (const secret of this.#values) clean = clean.replaceAll(secret, '[removed]')
    return clean
  }
}
