import { GUIDE } from './docs-guide.ts'
import { escapeHtml, inline, markdown } from './docs-markdown.ts'
import { operationHtml, schemaHtml } from './docs-operation.ts'
import { type OpenApiDocument, operationsOf, type PlacedOperation } from './openapi-document.ts'

/** Where the page's one stylesheet is. */
export const STYLE_PATH = '/docs/style.css'

/** The reference page of a document: plain HTML that needs no script and nothing from elsewhere. */
export function docsPage(document: OpenApiDocument): string {
  const { info, tags, components } = document
  const operations = operationsOf(document)
  const parts = tags.map(({ name, description }) => ({
    name,
    description,
    operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }))
  const schemas = Object.entries(components.schemas).filter(([, schema]) => schema.properties)
  const contents = contentsHtml(parts)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(info.title)} ${escapeHtml(info.version)}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
<link rel="icon" href="data:,">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<nav aria-label="Contents">
<p class="brand"><a href="#top">Rollcall <span>API</span></a></p>
<details class="narrow"><summary>Contents</summary>${contents}</details>
<div class="wide">${contents}</div>
</nav>
<main id="content" tabindex="-1">
<header id="top">
<h1>${escapeHtml(info.title)}</h1>
<p class="lead">${inline(info.summary)}</p>
<p>${inline(info.description)}</p>
<p class="facts"><span>Version ${escapeHtml(info.version)}</span> <span>Base <code>${escapeHtml(document.servers[0]?.url ?? '')}</code></span> <a href="/openapi.json">openapi.json</a></p>
</header>
${GUIDE.map((section) => `<section id="${section.id}" class="guide"><h2><a href="#${section.id}">${section.title}</a></h2>${markdown(section.markdown)}</section>`).join('\n')}
${parts
  .map(
    (part) => `<section id="tag-${part.name}"><h2><a href="#tag-${part.name}">${title(part.name)}</a></h2>
<p class="lead">${inline(part.description)}</p>
${part.operations.map((placed) => operationHtml(document, placed)).join('\n')}</section>`,
  )
  .join('\n')}
<section id="objects"><h2><a href="#objects">Objects</a></h2>
<p class="lead">What answers and bodies are made of.</p>
${schemas.map(([name, schema]) => schemaHtml(document, name, schema)).join('\n')}</section>
</main>
</body>
</html>
`
}

interface Part {
  readonly name: string
  readonly description: string
  readonly operations: readonly PlacedOperation[]
}

const contentsHtml = (parts: readonly Part[]): string => `<h2>Guide</h2>
<ul>${GUIDE.map(({ id, title }) => `<li><a href="#${id}">${title}</a></li>`).join('')}</ul>
${parts.map((part) => `<h2><a href="#tag-${part.name}">${title(part.name)}</a></h2>\n<ul>${part.operations.map(entryHtml).join('')}</ul>`).join('\n')}
<h2><a href="#objects">Objects</a></h2>`

const entryHtml = ({ operation, method }: PlacedOperation): string =>
  `<li><a href="#${operation.operationId}">${escapeHtml(operation.summary)}<span class="method ${method}">${method === 'delete' ? 'DEL' : method.toUpperCase()}</span></a></li>`

const TITLES: Readonly<Record<string, string>> = { idp: 'Identity data', onramp: 'Invites' }

/** What a part of the reference is called. */
export const title = (tag: string): string => TITLES[tag] ?? tag.replace(/^./, (letter) => letter.toUpperCase())
