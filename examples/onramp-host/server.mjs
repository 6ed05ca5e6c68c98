// node examples/onramp-host/server.mjs
//
// A small product that lets its customers connect their Okta org, with Rollcall behind it. The API key stays in this
// process: the browser gets an invite token, which makes or updates one connection, once.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = (name) => fileURLToPath(new URL(name, import.meta.url))

const FILES = {
  '/': [here('index.html'), 'text/html; charset=utf-8'],
  '/host.js': [here('host.js'), 'text/javascript; charset=utf-8'],
  '/host.css': [here('host.css'), 'text/css; charset=utf-8'],
  '/icon.svg': [here('icon.svg'), 'image/svg+xml'],
}

/** Starts the product on 127.0.0.1. Without `organizationId` it makes an organization for its one customer. */
export async function startHost({ rollcallUrl, apiKey, organizationId, port = 0 }) {
  const rollcall = new URL(rollcallUrl).origin
  // From the installed package, as a file of our own.
  const element = createRequire(import.meta.url).resolve('rollcall/onramp')
  const files = { ...FILES, '/rollcall-onramp.js': [element, 'text/javascript; charset=utf-8'] }
  const provisioning = async (path, method = 'GET', body) => {
    const answer = await fetch(`${rollcall}/v1/provisioning/organizations${path}`, {
      method,
      headers: { 'X-API-KEY': apiKey, ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    }).catch(() => {
      throw new Error(`Rollcall does not answer at ${rollcall}.`)
    })
    const result = await answer.json()
    if (!answer.ok) throw new Error(typeof result.detail === 'string' ? result.detail : JSON.stringify(result.detail))
    return result
  }
  const organization = organizationId ?? (await customer(provisioning)).id

  const oktaConnection = async () => {
    const { items } = await provisioning(`/${organization}/connections`)
    return items.find(({ vendor }) => vendor === 'OKTA_IDP') ?? null
  }
  // A real product first finds out who is asking, and takes the organization from that.
  const ACTIONS = {
    'GET /connection': async () => ({ connection: await oktaConnection() }),
    'POST /invite': async () => {
      const connection = await oktaConnection()
      const purpose = connection ? { connection_id: connection.id } : { vendor: 'OKTA_IDP' }
      const { token } = await provisioning(`/${organization}/connection-invite-tokens`, 'POST', purpose)
      return { token, base_url: rollcall }
    },
  }

  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' ${rollcall}`,
    `connect-src 'self' ${rollcall}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

  const server = createServer(async (request, response) => {
    const send = (status, type, body) =>
      response
        .writeHead(status, {
          'Content-Type': type,
          'Content-Security-Policy': policy,
          'X-Content-Type-Options': 'nosniff',
          'Cache-Control': 'no-store',
        })
        .end(body)
    const sendJson = (status, body) => send(status, 'application/json', JSON.stringify(body))
    const { pathname } = new URL(request.url, 'http://localhost')
    try {
      const action = ACTIONS[`${request.method} ${pathname}`]
      const [file, type] = (request.method === 'GET' && files[pathname]) || []
      if (action && isFromElsewhere(request)) sendJson(403, { detail: 'This answers its own page only.' })
      else if (action) sendJson(200, await action())
      else if (file) send(200, type, await readFile(file))
      else sendJson(404, { detail: 'There is nothing here.' })
    } catch (error) {
      console.error(error)
      sendJson(502, { detail: `Okta cannot be connected right now: ${error.message}` })
    }
  })
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    organizationId: organization,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

const CUSTOMER = { name: 'Contoso Ltd', identifier: 'northwind-contoso' }

/** The customer as an organization of Rollcall: the one of last time, or a new one. */
async function customer(provisioning) {
  const { items } = await provisioning(`?identifier=${CUSTOMER.identifier}`)
  return items[0] ?? provisioning('', 'POST', CUSTOMER)
}

const isFromElsewhere = ({ headers }) => !['same-origin', undefined].includes(headers['sec-fetch-site'])

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { ROLLCALL_URL, ROLLCALL_API_KEY, ROLLCALL_ORGANIZATION_ID, PORT } = process.env
  if (!ROLLCALL_URL || !ROLLCALL_API_KEY) {
    console.error('Set ROLLCALL_URL and ROLLCALL_API_KEY: where Rollcall is, and a key of `rollcall keys create`.')
    process.exit(1)
  }
  try {
    const { url } = await startHost({
      rollcallUrl: ROLLCALL_URL,
      apiKey: ROLLCALL_API_KEY,
      organizationId: ROLLCALL_ORGANIZATION_ID,
      port: Number(PORT ?? 4000),
    })
    console.log(`Northwind Security is at ${url}`)
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
