import '../../ui/tokens.css'
import './connect.css'
import '../../onramp/element.tsx'

/** The invite token: what stands last in `/connect/<invite token>`. While the page is edited it is served without one. */
const token =
  import.meta.env.DEV && location.hash !== ''
    ? location.hash.slice(1)
    : decodeURIComponent(location.pathname.split('/').filter(Boolean).at(-1) ?? '')

const onramp = document.createElement('rollcall-onramp')
onramp.variant = 'page'
onramp.baseUrl = location.origin
onramp.token = token

const main = document.createElement('main')
main.append(onramp)
document.body.append(main)
