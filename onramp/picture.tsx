import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

/**
 * Shows where an API token is made in Okta's admin console: Security, then API, then the Tokens tab, then Create token.
 * Drawn for Rollcall: a plan of that page, not a copy of it. Numbers match the steps beside it.
 */
export function TokenPagePicture() {
  return (
    <Picture
      size={[360, 208]}
      title="Where to create the token in the Okta admin console"
      description="In the menu on the left, open Security and choose API, marked 1. Among the tabs Authorization Servers, Tokens and Trusted Origins, choose Tokens, marked 2. Press the Create token button, marked 3."
    >
      <Window size={[360, 208]} />
      <path d="M0.5 20.5H359.5M86.5 20.5V207.5" stroke={LINE} />
      <Bars
        at={[
          [14, 36, 44],
          [14, 54, 52],
          [14, 72, 38],
        ]}
      />
      <Words x={14} y={97}>
        Security
      </Words>
      <path d="M69 91.5l3 3 3-3" fill="none" stroke={MUTED} stroke-width="1.4" stroke-linecap="round" />
      <Bars
        at={[
          [22, 111, 42],
          [22, 127, 34],
        ]}
      />
      <Choice x={16} y={139} width={66} height={22} />
      <Words x={24} y={154} isChosen>
        API
      </Words>
      <Bars
        at={[
          [22, 173, 46],
          [14, 191, 40],
        ]}
      />

      <Words x={98} y={50} size={14} isStrong>
        API
      </Words>
      <Words x={98} y={82} size={10} isQuiet>
        Authorization Servers
      </Words>
      <Words x={240} y={82} anchor="middle" isChosen>
        Tokens
      </Words>
      <Words x={352} y={82} size={10} anchor="end" isQuiet>
        Trusted Origins
      </Words>
      <path d="M98 92.5H352" stroke={LINE} />
      <path d="M218 92H262" stroke={ACCENT} stroke-width="2.5" stroke-linecap="round" />

      <rect x="98" y="106" width="104" height="26" rx="6" fill={ACCENT} />
      <Words x={150} y={123} anchor="middle" color="var(--rc-on-accent)">
        Create token
      </Words>
      <rect x="98.5" y="144.5" width="253" height="50" rx="6" fill="none" stroke={LINE} />
      <Bars
        at={[
          [116, 156, 52],
          [196, 156, 40],
          [276, 156, 36],
          [116, 178, 64],
          [196, 178, 52],
          [276, 178, 48],
        ]}
      />
      <path d="M99 167.5H351" stroke={LINE} />

      <Step x={70} y={150} of={1} />
      <Step x={240} y={59} of={2} />
      <Step x={218} y={119} of={3} />
    </Picture>
  )
}

const LINE = 'var(--rc-line)'
const MUTED = 'var(--rc-muted)'
const ACCENT = 'var(--rc-accent)'

interface PictureProps {
  readonly size: readonly [number, number]
  readonly title: string
  readonly description: string
  readonly children: ComponentChildren
}

/** One image to a screen reader: its title and description, none of the words inside. */
function Picture({ size: [width, height], title, description, children }: PictureProps) {
  const id = useId()
  return (
    <svg
      class="picture"
      role="img"
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-description`}
      viewBox={`0 0 ${width} ${height}`}
      width="100%"
      font-size="11"
      fill="none"
    >
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-description`}>{description}</desc>
      {children}
    </svg>
  )
}

/** A browser window, with its bar. */
function Window({ size: [width, height] }: Pick<PictureProps, 'size'>) {
  return (
    <>
      <rect x="0.5" y="0.5" width={width - 1} height={height - 1} rx="8" fill="var(--rc-surface)" stroke={LINE} />
      <g fill={LINE}>
        <circle cx="14" cy="10.5" r="3" />
        <circle cx="25" cy="10.5" r="3" />
        <circle cx="36" cy="10.5" r="3" />
      </g>
    </>
  )
}

/** Words that do not matter here, as gray bars: x, middle, length. */
function Bars({ at }: { readonly at: readonly (readonly [number, number, number])[] }) {
  return (
    <g fill={LINE}>
      {at.map(([x, y, length]) => (
        <rect key={`${x} ${y}`} x={x} y={y - 3} width={length} height="6" rx="3" />
      ))}
    </g>
  )
}

interface WordsProps {
  readonly x: number
  /** The baseline. */
  readonly y: number
  readonly size?: number
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly color?: string
  readonly isChosen?: boolean
  readonly isStrong?: boolean
  readonly isQuiet?: boolean
  readonly children: string
}

function Words({ x, y, size, anchor, color, isChosen, isStrong, isQuiet, children }: WordsProps) {
  return (
    <text
      x={x}
      y={y}
      font-size={size}
      text-anchor={anchor}
      font-weight={isChosen || isStrong || color ? 600 : 400}
      fill={color ?? (isChosen ? ACCENT : isQuiet ? MUTED : 'var(--rc-text)')}
    >
      {children}
    </text>
  )
}

/** What is chosen, on its soft ground. */
function Choice(box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }) {
  return <rect {...box} rx="5" fill="var(--rc-accent-soft)" />
}

function Step({ x, y, of }: { readonly x: number; readonly y: number; readonly of: number }) {
  return (
    <g>
      <circle cx={x} cy={y} r="8.5" fill="var(--rc-text)" stroke="var(--rc-surface)" stroke-width="1.5" />
      <text x={x} y={y + 3.9} text-anchor="middle" font-weight="700" fill="var(--rc-surface)">
        {of}
      </text>
    </g>
  )
}
