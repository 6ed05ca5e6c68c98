import { code, escapeHtml, inline, markdown } from './docs-markdown.ts'
import {
  accessText,
  boundsOf,
  curlOf,
  failuresOf,
  namedIn,
  nestedIn,
  type Property,
  propertiesOf,
  success,
  typeText,
} from './docs-words.ts'
import { type JsonSchema, type OpenApiDocument, type PlacedOperation, resolve } from './openapi-document.ts'

/** One operation as a part of the page. */
export function operationHtml(document: OpenApiDocument, placed: PlacedOperation): string {
  const { operation, path, method } = placed
  const { operationId, summary, description, parameters = [], requestBody } = operation
  const answer = success(placed).content['application/json']
  const body = requestBody?.content['application/json']
  const headers = Object.entries(success(placed).headers).map(([name, header]) =>
    row(code(name), '', inline(resolve(document, header).description)),
  )
  return `<article id="${operationId}" aria-labelledby="${operationId}-title">
<h3 id="${operationId}-title"><a href="#${operationId}">${escapeHtml(summary)}</a></h3>
<p class="route"><span class="method ${method}">${method.toUpperCase()}</span> <code>${breakable(`/v1${path}`)}</code></p>
${description ? markdown(description) : ''}
<p class="access">${accessText(placed)} <span class="name">${code(operationId)}</span></p>
${parameters.length > 0 ? table('Parameters', ['Name', 'Type', 'Meaning'], parameters.map(parameterRow)) : ''}
${body ? table('Body', ['Name', 'Type', 'Meaning'], propertyRows(document, body.schema, 'optional')) : ''}
${folded('Request', `<pre tabindex="0"><code>${escapeHtml(curlOf(document, placed))}</code></pre>`, true)}
${folded(
  `Answer <span class="type">${typeHtml(answer.schema)}</span>`,
  `${answer.schema.$ref ? table('Properties', ['Name', 'Type', 'Meaning'], propertyRows(document, answer.schema)) : ''}
${table('Headers', ['Name', '', 'Meaning'], headers)}
<pre tabindex="0"><code>${escapeHtml(JSON.stringify(answer.example, null, 2))}</code></pre>`,
)}
${folded('Errors', table('', ['Status', 'Code', 'What to do'], failureRows(document, placed)))}
</article>`
}

/** A named schema as a part of the page. */
export function schemaHtml(document: OpenApiDocument, name: string, schema: JsonSchema): string {
  return `<article id="schema-${name}" class="schema" aria-labelledby="schema-${name}-title">
<h3 id="schema-${name}-title"><a href="#schema-${name}">${name}</a></h3>
${schema.description ? markdown(schema.description) : ''}
${table('', ['Name', 'Type', 'Meaning'], propertyRows(document, schema))}
</article>`
}

const parameterRow = ({
  name,
  in: place,
  required,
  description,
  schema,
}: NonNullable<PlacedOperation['operation']['parameters']>[number]) =>
  row(
    `${code(name)}${required ? ' <span class="must">required</span>' : ''}`,
    `${typeHtml(schema)}${place === 'path' ? ' <span class="place">in the path</span>' : ''}`,
    inline([description, ...boundsOf(schema)].join(' ')),
  )

const propertyRows = (document: OpenApiDocument, schema: JsonSchema, absent = 'may be absent'): string[] =>
  rowsOf(propertiesOf(document, schema), '', absent)

/** Objects without a name of their own show their properties under theirs: `org.id`. */
function rowsOf(properties: readonly Property[], prefix: string, absent: string): string[] {
  return properties.flatMap(({ name, schema, isRequired }) => {
    const inner = nestedIn(schema)
    return [
      row(
        `${code(prefix + name)}${isRequired ? '' : ` <span class="must">${absent}</span>`}`,
        typeHtml(schema),
        inline([schema.description ?? '', ...boundsOf(schema)].filter(Boolean).join(' ')),
      ),
      ...rowsOf(inner, `${prefix}${name}.`, absent),
    ]
  })
}

function failureRows(document: OpenApiDocument, placed: PlacedOperation): string[] {
  return failuresOf(document, placed).map(({ status, code: name, remedy }) => row(status, code(name), inline(remedy)))
}

/** The type, its named schemas as links. */
function typeHtml(schema: JsonSchema): string {
  const names = new Set(namedIn(schema))
  return typeText(schema)
    .split(/(\w+)/)
    .map((word) => (names.has(word) ? `<a href="#schema-${word}">${word}</a>` : escapeHtml(word)))
    .join('')
}

function table(caption: string, heads: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return ''
  return `<table>${caption ? `<caption>${caption}</caption>` : ''}
<thead><tr>${heads.map((head) => (head ? `<th scope="col">${head}</th>` : '<td></td>')).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`
}

const row = (name: string, type: string, meaning: string): string =>
  `<tr><th scope="row">${name}</th><td class="type">${type}</td><td>${meaning}</td></tr>`

const folded = (title: string, content: string, isOpen = false): string =>
  `<details${isOpen ? ' open' : ''}><summary>${title}</summary>${content}</details>`

/** Long paths may break after a slash. */
const breakable = (path: string): string => escapeHtml(path).replaceAll('/', '/<wbr>')
