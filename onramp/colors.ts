/** Red, green, blue: 0 to 255. */
type Rgb = readonly [number, number, number]

/** Colors of the host page's brand, beside those of `ui/tokens.css`. */
export interface Brand {
  readonly primary: string | null
  /** What differs where it is dark: `secondary` is the ground that everything stands on. */
  readonly dark: { readonly primary?: string; readonly secondary?: string; readonly border?: string } | null
}

/** As in `ui/tokens.css`: what text and links stand on, and what stands there. */
const LIGHT = { ground: '#ffffff', accent: '#3454c5', onAccent: '#ffffff' }
const DARK = { ground: '#1a1b1a', accent: '#9db4ff', onAccent: '#10162b', line: '#2d2f2d', muted: '#a3a69f' }
/** WCAG AA for text. https://www.w3.org/TR/WCAG22/#contrast-minimum */
const ENOUGH = 4.5

/** The properties that carry a brand; null: to be taken off again. What is no color counts as not given. */
export function brandProperties({ primary, dark }: Brand): Readonly<Record<string, string | null>> {
  const light = readColor(primary)
  const darker = readColor(dark?.primary) ?? light
  const secondary = readColor(dark?.secondary)
  const ground = secondary && contrast(secondary, readHex(DARK.muted)) >= ENOUGH ? secondary : null
  const line = readColor(dark?.border)
  const darkGround = ground ?? readHex(DARK.ground)
  const legible = (color: Rgb | null, on: Rgb, otherwise: string) =>
    color && contrast(color, on) >= ENOUGH ? hex(color) : otherwise
  return {
    '--onramp-primary': pair(hexOr(light, LIGHT.accent), hexOr(darker, DARK.accent)),
    '--onramp-on-primary': pair(textOn(light) ?? LIGHT.onAccent, textOn(darker) ?? DARK.onAccent),
    // Links and focus rings are text, or as thin: they take the brand's color only where it can be read.
    '--rc-accent':
      light || darker
        ? pair(legible(light, readHex(LIGHT.ground), LIGHT.accent), legible(darker, darkGround, DARK.accent))
        : null,
    '--rc-surface': ground && pair(LIGHT.ground, hex(ground)),
    '--rc-line': line && pair('#e5e5e0', hex(line)),
  }
}

const pair = (light: string, dark: string): string => `light-dark(${light}, ${dark})`
const hexOr = (color: Rgb | null, otherwise: string): string => (color ? hex(color) : otherwise)
const hex = (color: Rgb): string => `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`
const readHex = (text: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as never

/** Black or white, whichever can be read better on it. */
const textOn = (color: Rgb | null): string | null =>
  color && (contrast(color, [255, 255, 255]) >= contrast(color, [0, 0, 0]) ? '#ffffff' : '#000000')

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(one: Rgb, other: Rgb): number {
  const [lighter = 1, darker = 1] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Any color that CSS knows, as it is painted; null where it is none, or where something would shine through. */
function readColor(text: string | null | undefined): Rgb | null {
  if (!text || !CSS.supports('color', text) || /var\(|currentcolor|inherit/i.test(text)) return null
  const paint = new OffscreenCanvas(1, 1).getContext('2d')
  if (!paint) return null
  paint.fillStyle = text
  paint.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, alpha = 0] = paint.getImageData(0, 0, 1, 1).data
  return alpha === 255 ? [red, green, blue] : null
}
