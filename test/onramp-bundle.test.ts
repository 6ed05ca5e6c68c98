import { mkdtemp, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createElement, type FunctionComponent } from 'react'
import { renderToString } from 'react-dom/server'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

interface Module {
  readonly fileName: string
  readonly imports: readonly string[]
  readonly dynamicImports: readonly string[]
}
let folder: string
let modules: readonly Module[]
let element: string

beforeAll(async () => {
  // Below the packages, so that the wrapper finds React as it does where it is installed.
  folder = await mkdtemp(path.join(root, 'node_modules', '.onramp-test-'))
  const configFile = path.join(root, 'vite.onramp.config.ts')
  const built = await build({ configFile, logLevel: 'error', build: { outDir: folder } })
  modules = [built].flat().flatMap((result) => ('output' in result ? (result.output as readonly Module[]) : []))
  element = await readFile(path.join(folder, 'rollcall-onramp.js'), 'utf8')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the embedded element, as it is built', () => {
  it('is one module that imports nothing, and its wrapper only React and that module', () => {
    const shown = modules.map(({ fileName, imports, dynamicImports }) => ({ fileName, imports, dynamicImports }))
    expect(shown.sort((a, b) => a.fileName.localeCompare(b.fileName))).toEqual([
      { fileName: 'react.js', imports: ['react', 'react/jsx-runtime'], dynamicImports: ['./rollcall-onramp.js'] },
      { fileName: 'rollcall-onramp.js', imports: [], dynamicImports: [] },
    ])
  })

  it('needs nothing that a strict content security policy forbids', () => {
    expect(element).not.toMatch(/\beval\(|new Function\b|<style|<script/i)
    expect(element).not.toMatch(/createElement(NS)?\((null,)?[`'"](style|script|link|iframe)/)
    expect(element).not.toMatch(/\(0,\s*eval\)|["'`]javascript:|@import|url\(/)
  })

  it('names no address that it would load from: only namespaces, and links for people', () => {
    const hosts = new Set([...element.matchAll(/\bhttps?:\/\/([\w.-]+)/g)].map(([, host]) => host))
    expect([...hosts].filter((host) => host !== 'www.w3.org')).toEqual([])
  })

  it('is less than 60 kB, compressed', () => {
    expect(gzipSync(element).length).toBeLessThan(60_000)
  })

  it('renders nothing on a server, and needs no browser to be imported there', async () => {
    const { RollcallOnramp, LeenOnRamp } = (await import(pathToFileURL(path.join(folder, 'react.js')).href)) as Record<
      string,
      FunctionComponent<object>
    >
    expect(LeenOnRamp).toBe(RollcallOnramp)
    const tell = () => expect.unreachable('nothing happens on a server')
    const props = { token: 't', setLeenOnRampResponse: tell, setShowLeenOnRamp: tell, onError: tell }
    expect(renderToString(createElement(RollcallOnramp as FunctionComponent<object>, props))).toBe('<div></div>')
  })
})
