import { createElement, StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { RollcallOnramp } from 'rollcall/onramp/react'

// A product in React that connects an org. What it was told stands on the page, for the test to read.
const { token, baseUrl } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
let mounts = 0

function Host() {
  const [isShown, setShown] = useState(true)
  const [response, setResponse] = useState(null)
  const [failures, setFailures] = useState([])
  const [mounted, setMounted] = useState(0)
  useEffect(() => {
    mounts += 1
    setMounted(mounts)
  }, [])
  return createElement(
    'main',
    null,
    createElement('h1', null, 'A host page'),
    createElement(Told, { name: 'Mounted', text: `${mounted} times` }),
    createElement(Told, { name: 'Connection', text: response ? `${response.httpStatus} ${response.data.id}` : 'none' }),
    createElement(Told, { name: 'Failures', text: failures.join(' ') || 'none' }),
    createElement('button', { type: 'button', onClick: () => setShown(true) }, isShown ? 'Is shown' : 'Show again'),
    isShown &&
      createElement(RollcallOnramp, {
        token,
        baseUrl,
        vendorName: 'Northwind Security',
        setLeenOnRampResponse: setResponse,
        setShowLeenOnRamp: setShown,
        onError: ({ code }) => setFailures((before) => [...before, code]),
      }),
  )
}

function Told({ name, text }) {
  return createElement('p', null, `${name}: `, createElement('output', { 'aria-label': name }, text))
}

createRoot(document.getElementById('root')).render(createElement(StrictMode, null, createElement(Host)))
