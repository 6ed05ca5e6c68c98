import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { parseServiceApp } from '../connectors/okta/service-app.ts'
import type { Services } from './services.ts'
import { readSignIn, refuseSecretArguments, type SignInOptions } from './sign-in-source.ts'

const CLIENT_ID = '0oa1b2C3d4E5f6G7h8i9'
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' })
const NAMES = ['OKTA_API_TOKEN', 'OKTA_CLIENT_ID', 'OKTA_PRIVATE_KEY', 'OKTA_KEY_ID'] as const

let folder: string
let keyFile: string
let tokenFile: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-sign-in-'))
  keyFile = path.join(folder, 'okta.pem')
  tokenFile = path.join(folder, 'token')
  await Promise.all([writeFile(keyFile, KEY), writeFile(tokenFile, 'from the file')])
})
beforeEach(() => {
  for (const name of NAMES) vi.stubEnv(name, undefined)
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rm(folder, { recursive: true }))

const services = { parseServiceApp, cleanToken: (text: string) => text } as unknown as Services
const read = (options: SignInOptions = {}) => readSignIn(services, options, 'https://acme.okta.com')
const app = (keyId: string | null = null) => ({
  serviceApp: { clientId: CLIENT_ID, keyId, privateKey: expect.stringContaining('"kty":"EC"') },
})
const inEnvironment = (values: Partial<Record<(typeof NAMES)[number], string>>) => {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value)
}

describe('what is signed in with', () => {
  it('is a service app where an option or the environment names one', async () => {
    expect(await read({ clientId: CLIENT_ID, privateKeyFile: keyFile })).toEqual(app())
    inEnvironment({ OKTA_CLIENT_ID: CLIENT_ID, OKTA_PRIVATE_KEY: String(KEY).replaceAll('\n', '\\n') })
    expect(await read()).toEqual(app())
    expect(await read({ keyId: 'k1' })).toEqual(app('k1'))
    inEnvironment({ OKTA_KEY_ID: 'k2' })
    expect(await read()).toEqual(app('k2'))
  })

  it('is a token otherwise, and an option goes before the environment', async () => {
    inEnvironment({ OKTA_API_TOKEN: 'of the environment' })
    expect(await read()).toEqual({ token: 'of the environment' })
    expect(await read({ clientId: CLIENT_ID, privateKeyFile: keyFile })).toEqual(app())
    inEnvironment({ OKTA_CLIENT_ID: CLIENT_ID })
    expect(await read({ tokenFile })).toEqual({ token: 'from the file' })
  })

  it('has to be one of them', async () => {
    inEnvironment({ OKTA_API_TOKEN: 'x', OKTA_CLIENT_ID: CLIENT_ID })
    await expect(read()).rejects.toThrow('OKTA_API_TOKEN and OKTA_CLIENT_ID are both set')
    await expect(read({ tokenFile, clientId: CLIENT_ID })).rejects.toThrow('Give either --token-file, or --client-id')
  })

  it('is missing a part: that is said by the name of the option', async () => {
    await expect(read({ privateKeyFile: keyFile })).rejects.toMatchObject({
      code: 'client_id_invalid',
      message: expect.stringContaining('--client-id'),
    })
    await expect(read({ clientId: CLIENT_ID })).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringContaining('--private-key-file'),
    })
    await expect(read({ clientId: CLIENT_ID, privateKeyFile: `${keyFile}.not` })).rejects.toThrow(
      /cannot be read \(ENOENT/,
    )
  })

  it('is no argument: others see those', () => {
    for (const options of [{ privateKey: String(KEY) }, { privateKey: true }, { token: 'x' }] as const)
      expect(() => refuseSecretArguments(options)).toThrow('is not taken from the command line')
  })
})
