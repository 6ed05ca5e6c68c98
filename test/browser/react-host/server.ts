import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const wrapper = fileURLToPath(new URL('../../../dist/onramp/react.js', import.meta.url))
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' }

export interface ReactHost {
  readonly url: string
  close(): Promise<void>
}

/**
 * A page in React around what is installed, built as products build theirs, and served with a strict policy. React is the
 * one for development: in the other, strict mode mounts only once.
 */
export async function startReactHost(rollcallUrl: string): Promise<ReactHost> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-react-host-'))
  await build({
    configFile: false,
    root,
    mode: 'development',
    logLevel: 'error',
    resolve: { alias: { 'rollcall/onramp/react': wrapper } },
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { outDir: folder, minify: false, modulePreload: { polyfill: false } },
  })
  const policy = [
    "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'",
    `img-src 'self' data: ${rollcallUrl}; connect-src 'self' ${rollcallUrl}`,
  ].join('; ')
  const server = createServer(async ({ url = '/' }, response) => {
    const name = path.join(folder, path.normalize(new URL(url, 'http://host').pathname.replace(/\/$/, '/index.html')))
    const body = await readFile(name).catch(() => null)
    response
      .writeHead(body ? 200 : 404, {
        'Content-Type': TYPES[path.extname(name)] ?? 'application/octet-stream',
        'Content-Security-Policy': policy,
      })
      .end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}
