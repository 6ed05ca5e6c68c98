/** One link of a `Link` header: what stands between the angle brackets, untouched, and its relations in lower case. */
export interface Link {
  readonly target: string
  readonly relations: readonly string[]
}

const LINK = /<([^>]*)>((?:"(?:[^"\\]|\\.)*"|[^"<])*)/g
/** One parameter, whole: `rel=` inside a quoted title is no relation. */
const PARAMETER = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s;,"']+))/g

/**
 * Reads `Link` headers: several lines or several links in one, in any order and case, relation quoted or not. Commas
 * and semicolons inside a target belong to it.
 * @see https://www.rfc-editor.org/rfc/rfc8288#section-3
 */
export function parseLinkHeader(lines: readonly string[]): Link[] {
  return lines.flatMap((line) =>
    [...line.matchAll(LINK)].map(([, target = '', parameters = '']) => ({
      target: target.trim(),
      relations: relationsIn(parameters),
    })),
  )
}

function relationsIn(parameters: string): string[] {
  for (const [, name, quoted, apostrophed, bare] of parameters.matchAll(PARAMETER)) {
    if (name?.toLowerCase() !== 'rel') continue
    return (quoted ?? apostrophed ?? bare ?? '').toLowerCase().split(/\s+/).filter(Boolean)
  }
  return []
}

/** Whether the header speaks of a next page in a way that `parseLinkHeader` cannot read. */
export function hasUnreadableNext(lines: readonly string[]): boolean {
  const outsideTargets = lines.map((line) => line.replace(/<[^>]*>/g, '')).join(',')
  const isNext = (link: Link) => link.relations.includes('next') && link.target !== ''
  return /\brel\s*=\s*["']?(?:[^"',;]*\s)?next(?![\w-])/i.test(outsideTargets) && !parseLinkHeader(lines).some(isNext)
}
