import controls from '../ui/controls.css?inline'
import tokens from '../ui/tokens.css?inline'
import form from './form.css?inline'
import lists from './lists.css?inline'
import onramp from './onramp.css?inline'

/**
 * The size of one `rem` inside of the element. Pages are free to set the text size of their root, and many do; a
 * registered length is computed where it is set, so here it is the text size that the person chose in the browser.
 */
const UNIT = '--rollcall-unit'

let sheets: readonly CSSStyleSheet[] | null = null

/** The element's style sheets: constructed ones, which a page's content security policy does not forbid. */
export function styleSheets(): readonly CSSStyleSheet[] {
  sheets ??= [tokens, controls, onramp, form, lists].map((text) => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(registerUnit() ? text.replace(/(-?\d*\.?\d+)rem\b/g, `calc($1 * var(${UNIT}))`) : text)
    return sheet
  })
  return sheets
}

let isRegistered: boolean | null = null

function registerUnit(): boolean {
  isRegistered ??= register()
  return isRegistered
}

function register(): boolean {
  try {
    CSS.registerProperty({ name: UNIT, syntax: '<length>', inherits: true, initialValue: '16px' })
    return true
  } catch (thrown) {
    // Another copy of this script was here before, or the browser is older than registered properties.
    return thrown instanceof DOMException && thrown.name === 'InvalidModificationError'
  }
}
