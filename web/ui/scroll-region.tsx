import './scroll-region.css'
import type { ComponentChildren } from 'preact'

interface ScrollRegionProps {
  /** What it holds, for who cannot see it. */
  readonly label: string
  readonly isCard?: boolean
  readonly children: ComponentChildren
}

/** A place for what may be wider than the page: it scrolls by itself, by keyboard as well. */
export function ScrollRegion({ label, isCard = false, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields, and a section would be a landmark
    <div
      class={`scroll-region${isCard ? ' card' : ''}`}
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: without it nobody could scroll it by keyboard
      tabIndex={0}
    >
      {children}
    </div>
  )
}
