import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium']

/** Where this machine has a Chromium; null where it has none. CHROMIUM_PATH goes before the usual places. */
export function browserPath(): string | null {
  const { CHROMIUM_PATH: given } = process.env
  if (given) return existsSync(given) ? given : null
  return PLACES.find((place) => existsSync(place)) ?? null
}
