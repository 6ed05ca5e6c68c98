// node scripts/onramp-types.mjs
//
// Writes the declarations of what other products embed, beside its modules in dist/onramp: of the element, of its
// React wrapper, and of the files that those two speak of. `tsc` by itself would write those of every file within.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))
const config = path.join(root, 'tsconfig.onramp.json')
const { options, fileNames } = ts.getParsedCommandLineOfConfigFile(config, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: fail,
})
const program = ts.createProgram(fileNames, options)

const written = new Set()
for (const file of ['onramp/element.tsx', 'onramp/react.tsx']) write(path.join(root, file))

/** Writes the declarations of one file, then of those that they import. */
function write(file) {
  if (written.has(file) || !existsSync(file)) return
  written.add(file)
  const source = program.getSourceFile(file)
  const mistakes = program.getSemanticDiagnostics(source)
  const { diagnostics } = program.emit(source, (name, text) => {
    ts.sys.writeFile(name, text)
    for (const { fileName } of ts.preProcessFile(text).importedFiles)
      if (fileName.startsWith('.')) write(path.resolve(path.dirname(file), fileName))
  })
  if (mistakes.length + diagnostics.length > 0) fail(...mistakes, ...diagnostics)
}

function fail(...diagnostics) {
  console.error(
    ts.formatDiagnostics(diagnostics, { ...ts.sys, getCanonicalFileName: (name) => name, getNewLine: () => '\n' }),
  )
  process.exit(1)
}
