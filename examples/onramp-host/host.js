import '/rollcall-onramp.js'

const at = (id) => document.getElementById(id)
const connect = at('connect')

await showConnection()
connect.disabled = false
connect.addEventListener('click', open)

/** Opens the flow with an invite token that our own server made: this page never sees the API key. */
async function open() {
  connect.disabled = true
  showError(null)
  try {
    const { token, base_url: baseUrl } = await ask('/invite', { method: 'POST' })
    const onramp = Object.assign(document.createElement('rollcall-onramp'), {
      token,
      baseUrl,
      vendorName: 'Northwind Security',
      logoUrl: '/icon.svg',
      primaryColor: '#0b6e63',
      darkModeColor: { primary: '#5fd0c0' },
    })
    onramp.addEventListener('connected', ({ detail: { data, message } }) => {
      showError(null)
      show(data, message)
    })
    onramp.addEventListener('failed', ({ detail: { message } }) => showError(message))
    onramp.addEventListener('closed', () => {
      onramp.remove()
      connect.focus()
      showConnection()
    })
    document.body.append(onramp)
  } catch (error) {
    showError(error.message)
  } finally {
    connect.disabled = false
  }
}

async function showConnection() {
  try {
    const { connection } = await ask('/connection')
    if (connection) show(connection, 'Connected')
  } catch (error) {
    showError(error.message)
  }
}

function show(connection, state) {
  at('state').textContent = state
  at('org').textContent = connection.org?.name ?? 'Not known yet'
  at('domain').textContent = connection.org ? new URL(connection.org.origin).host : 'Not known yet'
  at('health').textContent = connection.health?.description ?? 'Waiting for the first sync'
  at('connection-id').textContent = connection.id
  at('connection').hidden = false
  connect.textContent = 'Update token'
}

function showError(message) {
  at('error').textContent = message ?? ''
  at('error').hidden = message === null
}

async function ask(path, init) {
  const answer = await fetch(path, init).catch(() => null)
  if (!answer) throw new Error('Northwind Security cannot be reached. Check your connection, then try again.')
  const body = await answer.json()
  if (!answer.ok) throw new Error(body.detail)
  return body
}
