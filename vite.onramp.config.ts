import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The React wrapper loads the element from the file beside it: whoever needs both has it once. */
const elementIsItsOwnFile: Plugin = {
  name: 'element-is-its-own-file',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === './element.tsx' && importer?.endsWith('/react.tsx') ? { id: './rollcall-onramp.js', external: true } : null,
}

/**
 * What other products embed: the element as one module that imports nothing, and its React wrapper. `npm run build:onramp`.
 */
export default defineConfig({
  root: at('onramp'),
  publicDir: false,
  plugins: [elementIsItsOwnFile],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: at('dist/onramp'),
    emptyOutDir: true,
    target: 'es2022',
    // They know `light-dark()`: written out for older ones, it would follow the system, whatever `darkMode` says.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    lib: { entry: { 'rollcall-onramp': at('onramp/element.tsx'), react: at('onramp/react.tsx') }, formats: ['es'] },
    rolldownOptions: {
      external: /^react(\/|$)/,
      // 'use client' stays at the top of react.js, where it belongs.
      checks: { moduleLevelDirective: false },
      output: { entryFileNames: '[name].js', minify: true },
    },
  },
})
