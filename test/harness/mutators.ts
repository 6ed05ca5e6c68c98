import { AppChanges } from '../../sim/changes/apps.ts'
import { PeopleChanges } from '../../sim/changes/people.ts'
import { PolicyChanges } from '../../sim/changes/policies.ts'

/** Methods that others are made of, and no changes by themselves. */
const INNER = ['constructor', 'gainApp', 'loseGroupApp', 'touchMembership', 'group_', 'app_']

/** The names of all methods of the simulated org that change it: tests that claim to make every change name each. */
export const mutators = (): string[] =>
  [AppChanges, PeopleChanges, PolicyChanges]
    .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
    .filter((name) => !INNER.includes(name))
    .sort()
