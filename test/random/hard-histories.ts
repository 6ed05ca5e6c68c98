import type { Change, Step, Trouble } from './history.ts'

/** Histories that an org and its store did not agree after, once, each as short as it can be. */

const change = (what: string, numbers: Change['numbers'] = [0, 0, 0], events: Change['events'] = 'stored'): Change => ({
  do: 'change',
  what,
  numbers,
  events,
})
const sync = (kind: 'round' | 'full' | 'spare', trouble: Trouble | null = null): Step => ({
  do: kind,
  trouble,
  isSearchBehind: false,
})
const fails = (path: string): Trouble => ({ is: 'fails', route: `GET /api/v1/${path}`, how: 'error' })
const wait = (seconds: number): Step => ({ do: 'wait', seconds })

export const HARD_HISTORIES: readonly { readonly name: string; readonly steps: readonly Step[] }[] = [
  {
    name: 'the rules and mappings of a policy that its type no longer lists go with it',
    steps: [change('delete a policy')],
  },
  {
    name: 'a sparing full sync keeps queued what it does not read',
    steps: [change('enroll a factor'), sync('round', fails('users/{id}/factors')), wait(700), sync('spare')],
  },
  {
    name: 'a full sync keeps queued what an event of before it names, where it could not read that',
    steps: [change('enroll a factor'), wait(700), sync('full', fails('users/{id}/factors'))],
  },
  {
    name: 'a full sync keeps queued what follows from a changed user, where it could not read that',
    steps: [change('change a status', [2, 2, 0]), sync('full', fails('groups/{id}/users'))],
  },
  {
    name: 'a listing that its parent names, which was read for it just now, is not queued again',
    steps: [
      change('add a policy', [0, 0, 0], 'lost'),
      sync('round', { is: 'stopped', after: 3 }),
      change('map a policy', [0, 11, 0]),
      change('add a user'),
      sync('round'),
    ],
  },
  {
    name: 'what hangs on a group that a full sync finds gone goes with it, where its own listing could not be read',
    steps: [change('delete a group'), sync('spare', fails('apps/{id}/groups'))],
  },
]
