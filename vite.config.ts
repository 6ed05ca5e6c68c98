import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The pages: the dashboard and the onboarding page. `npm run build:web` builds them, `npm run dev:web` serves them as they are edited. */
export default defineConfig({
  root: at('web'),
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: at('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // They know `light-dark()`: written out for older ones, it would follow the system and nothing else.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    // Nothing is inlined: the pages forbid what is not a file of this server.
    assetsInlineLimit: 0,
    rolldownOptions: { input: { index: at('web/index.html'), connect: at('web/connect.html') } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': 'http://127.0.0.1:8484', '/static': 'http://127.0.0.1:8484' },
  },
})
