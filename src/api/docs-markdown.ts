/** The little Markdown that our own texts use, as HTML: paragraphs, lists, `code`, **bold**, [links](#x). */
export const markdown = (text: string): string =>
  text
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      const lines = block.split('\n')
      if (lines.every((line) => line.startsWith('- ')))
        return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join('')}</ul>`
      return `<p>${inline(lines.join(' '))}</p>`
    })
    .join('\n')

/** Text of one line. */
export const inline = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`.+`$/.test(part) ? code(part.slice(1, -1)) : marked(escapeHtml(part))))
    .join('')

export const code = (text: string): string => `<code>${escapeHtml(text)}</code>`

const marked = (html: string): string =>
  html
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\[([^\]]+)\]\(((?:#|\/|https?:\/\/)[^)\s]*)\)/g, '<a href="$2">$1</a>')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text that stands for itself in HTML, in attributes too. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign)
