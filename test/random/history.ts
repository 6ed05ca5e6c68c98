import fc from 'fast-check'
import type { EventFate } from '../../sim/index.ts'
import { MUTATIONS, type Numbers } from './mutations.ts'

export interface Change {
  readonly do: 'change'
  readonly what: string
  readonly numbers: Numbers
  readonly events: EventFate
}

/**
 * What goes wrong in a sync: for as long as it runs, but for limits, which it waits out. One that is overtaken has changes
 * in its midst.
 */
export type Trouble =
  | { readonly is: 'fails'; readonly route: string; readonly how: 'error' | 'truncated' | 'forbidden' | 'limited' }
  | { readonly is: 'stopped'; readonly after: number }
  | { readonly is: 'killed'; readonly commit: number }
  | { readonly is: 'overtaken'; readonly request: number; readonly by: readonly Change[] }

/** `spare` is a full sync of the schedule, which does not read again what was read lately and has not moved. */
export type SyncKind = 'round' | 'full' | 'spare'

export type Step =
  | Change
  | { readonly do: SyncKind; readonly trouble: Trouble | null; readonly isSearchBehind: boolean }
  | { readonly do: 'late events come' }
  | { readonly do: 'wait'; readonly seconds: number }

const ROUTES = [
  'users',
  'users/{id}',
  'users/{id}/groups',
  'users/{id}/factors',
  'users/{id}/roles',
  'groups',
  'groups/{id}',
  'groups/{id}/users',
  'groups/{id}/roles',
  'apps',
  'apps/{id}',
  'apps/{id}/users',
  'apps/{id}/users/{userId}',
  'apps/{id}/groups',
  'policies',
  'policies/{id}/rules',
  'policies/{id}/mappings',
  'iam/assignees/users',
  'logs',
].map((path) => `GET /api/v1/${path}`)

const number = fc.nat({ max: 11 })
const change: fc.Arbitrary<Change> = fc.record({
  do: fc.constant('change' as const),
  what: fc.constantFrom(...Object.keys(MUTATIONS)),
  numbers: fc.tuple(number, number, number),
  events: fc.oneof(
    { weight: 7, arbitrary: fc.constant('stored' as const) },
    { weight: 3, arbitrary: fc.constantFrom('late' as const, 'doubled' as const, 'lost' as const) },
  ),
})
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({
    is: fc.constant('fails' as const),
    route: fc.constantFrom(...ROUTES),
    how: fc.constantFrom('error' as const, 'truncated' as const, 'forbidden' as const, 'limited' as const),
  }),
  fc.record({ is: fc.constant('stopped' as const), after: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ is: fc.constant('killed' as const), commit: fc.integer({ min: 1, max: 20 }) }),
  fc.record({
    is: fc.constant('overtaken' as const),
    request: fc.integer({ min: 1, max: 20 }),
    by: fc.array(change, { minLength: 1, maxLength: 3 }),
  }),
)

const sync = (kind: SyncKind): fc.Arbitrary<Step> =>
  fc.record({
    do: fc.constant(kind),
    trouble: fc.option(trouble, { nil: null, freq: 2 }),
    isSearchBehind: fc.boolean(),
  })
const wait: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('wait' as const),
  seconds: fc.constantFrom(1, 20, 60, 700, 4 * 86_400),
})
const lateEvents: fc.Arbitrary<Step> = fc.constant({ do: 'late events come' as const })

/** Some changes, and what happens between them. */
export const history: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 24, arbitrary: change },
    { weight: 5, arbitrary: sync('round') },
    { weight: 1, arbitrary: fc.oneof(sync('full'), sync('spare')) },
    { weight: 3, arbitrary: wait },
    { weight: 1, arbitrary: lateEvents },
  ),
  { minLength: 4, maxLength: 14, size: 'max' },
)

export const told = (steps: readonly Step[]): string =>
  steps.map((step, index) => `  ${index + 1}. ${JSON.stringify(step)}`).join('\n')
