/** Strokes on a grid of 16, drawn for Rollcall. */
const PATHS = {
  good: 'M3.5 8.5 6.5 11.5 12.5 4.5',
  warn: 'M8 2.5 14.5 13.5H1.5ZM8 6.5V9.5M8 11.4V11.6',
  bad: 'M4 4 12 12M12 4 4 12',
  idle: 'M4 8H12',
  info: 'M8 1.75A6.25 6.25 0 1 1 8 14.25 6.25 6.25 0 1 1 8 1.75M8 7.25V11.25M8 4.7V4.9',
  busy: 'M8 1.75A6.25 6.25 0 0 1 14.25 8',
  next: 'M6 3.5 10.5 8 6 12.5',
  back: 'M10 3.5 5.5 8 10 12.5',
  search: 'M7 2.5A4.5 4.5 0 1 1 7 11.5 4.5 4.5 0 1 1 7 2.5M10.5 10.5 13.5 13.5',
  copy: 'M5.5 5.5H13.5V13.5H5.5ZM10.5 5.5V2.5H2.5V10.5H5.5',
  outside: 'M6.5 3.5H3.5V12.5H12.5V9.5M9.5 3H13V6.5M13 3 7.5 8.5',
  close: 'M4 4 12 12M12 4 4 12',
} as const
export type IconName = keyof typeof PATHS

/** A small sign. It says nothing to a screen reader: the words beside it do. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class={`icon${name === 'busy' ? ' busy' : ''}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
