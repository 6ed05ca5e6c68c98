/** The look of the reference page: system fonts, one accent, light and dark after the reader's own setting. */
export const DOCS_STYLE = `
:root {
  color-scheme: light dark;
  --page: #fbfaf7; --raised: #ffffff; --line: #e3e0d8; --text: #23262b; --quiet: #5b6068;
  --accent: #0a6457; --wash: #eaf3f0; --code: #f2f0ea;
  --get: #0a6457; --post: #7a4a00; --patch: #5a3d94; --delete: #a3262a;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15181b; --raised: #1b1f23; --line: #30363c; --text: #e3e6e8; --quiet: #a3abb2;
    --accent: #74cdbb; --wash: #1d2f2c; --code: #22272c;
    --get: #74cdbb; --post: #e5b366; --patch: #bfa6f2; --delete: #f29a96;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { scroll-padding-top: 1.5rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 400 1rem/1.6 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
main:focus { outline: none; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; background: var(--raised); padding: 0.5rem 1rem; }
code, pre { font-family: var(--mono); font-size: 0.875em; }
code { background: var(--code); border-radius: 4px; padding: 0.1em 0.35em; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 8px; padding: 1rem; margin: 0.75rem 0 0; overflow-x: auto; line-height: 1.5; max-height: 30rem; }
pre code { background: none; padding: 0; overflow-wrap: normal; font-size: 1em; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; letter-spacing: -0.01em; }
h1 { font-size: 2.25rem; margin: 0 0 0.5rem; }
h2 { font-size: 1.5rem; margin: 0 0 0.5rem; }
h3 { font-size: 1.2rem; margin: 0 0 0.4rem; }
h2 > a, h3 > a { color: inherit; text-decoration: none; }
h2 > a:hover, h3 > a:hover { text-decoration: underline; }
p { margin: 0.5rem 0; max-width: 44rem; }
ul { padding-left: 1.25rem; max-width: 44rem; }
li { margin: 0.35rem 0; }
.lead { font-size: 1.125rem; color: var(--quiet); margin-top: 0; }
.facts { display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; font-size: 0.9rem; color: var(--quiet); max-width: none; }

nav { padding: 1rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--raised); }
nav .brand { margin: 0 0 0.5rem; font-size: 1.15rem; font-weight: 700; letter-spacing: -0.01em; }
nav .brand a { color: inherit; text-decoration: none; }
nav .brand span { font-weight: 400; color: var(--quiet); }
nav h2 { font-size: 0.8rem; letter-spacing: 0.04em; margin: 1.25rem 0 0.25rem; color: var(--quiet); font-weight: 600; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { margin: 0; }
nav li a { display: flex; justify-content: space-between; align-items: baseline; gap: 0.75rem; padding: 0.25rem 0.5rem; margin: 0 -0.5rem; border-radius: 6px; color: var(--text); text-decoration: none; font-size: 0.9rem; line-height: 1.4; }
nav li a:hover { background: var(--wash); }
nav .method { font-size: 0.65rem; }
.wide { display: none; }

main { padding: 1.75rem 1.25rem 5rem; }
main > section, main > header { margin-bottom: 3.5rem; }
section.guide { margin-bottom: 2.25rem; }
section.guide h2 { font-size: 1.25rem; }
article { border-top: 1px solid var(--line); padding: 2rem 0; scroll-margin-top: 0; }
article:target { box-shadow: -4px 0 0 var(--accent); padding-left: 1rem; margin-left: -1rem; }
.route { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.6rem; max-width: none; }
.route code { background: none; padding: 0; font-size: 0.95rem; }
.method { font: 700 0.75rem/1.4 var(--mono); letter-spacing: 0.03em; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); } .delete { color: var(--delete); }
.access { color: var(--quiet); font-size: 0.9rem; }
.access { display: flex; flex-wrap: wrap; gap: 0.1rem 0.75rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: 0.925rem; line-height: 1.5; table-layout: fixed; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.35rem; }
thead th { font-weight: 600; font-size: 0.8rem; color: var(--quiet); }
th, td { text-align: left; vertical-align: top; padding: 0.55rem 1rem 0.55rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
tbody th { font-weight: 400; }
th:first-child, thead td:first-child { width: 30%; }
th:nth-child(2), td:nth-child(2) { width: 22%; }
td.type, summary .type { color: var(--quiet); font-weight: 400; }
.must, .place { display: inline-block; color: var(--quiet); font-size: 0.8rem; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; font-weight: 600; padding: 0.35rem 0; font-size: 0.95rem; }
summary:hover { color: var(--accent); }
summary::marker { color: var(--quiet); }

@media (max-width: 40rem) {
  h1 { font-size: 1.85rem; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  table, tbody, tr, tbody th, tbody td, caption { display: block; }
  tr { padding: 0.7rem 0; border-bottom: 1px solid var(--line); }
  tbody th, tbody td, th:first-child, td:nth-child(2) { width: auto; padding: 0; border: 0; }
  tbody td.type:empty { display: none; }
  tbody th, tbody td.type { display: inline; }
  tbody td.type { font-size: 0.85rem; padding-left: 0.5rem; }
}
@media (min-width: 64rem) {
  body { display: grid; grid-template-columns: 18rem minmax(0, 1fr); }
  nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; border-bottom: 0; border-right: 1px solid var(--line); padding: 1.5rem 1.5rem 3rem; }
  .narrow { display: none; }
  .wide { display: block; }
  main { padding: 3rem 4rem 8rem; max-width: 72rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { nav, .skip { display: none; } body { display: block; } pre { max-height: none; } }
`
