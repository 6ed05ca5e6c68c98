import type { Sim } from '../../sim/index.ts'
import { fraction, pick } from '../../sim/random.ts'

type Org = Sim['org']

/** Numbers that look random, the same for the same seed: `next(n)` is one of 0..n-1. */
export function dice(seed: number): (sides: number) => number {
  let thrown = 0
  return (sides) => Math.floor(fraction(seed, 0xd1ce, thrown++) * sides)
}

/** Changes a simulated org in one of the ways in which orgs change. Few people and groups, so that edges come and go again. */
export function mutate(org: Org, next: (sides: number) => number): void {
  const some = <T extends { id: string }>(all: readonly T[]): string => pick(all, next(Math.min(all.length, 6))).id
  const everyoneElse = [...org.allUsers()].filter(({ id }) => id !== org.ownerId)
  const active = everyoneElse.filter(({ status }) => status === 'ACTIVE')
  const groups = [...org.allGroups()].filter(({ id }) => id !== org.everyoneId)
  const apps = [...org.allApps()].filter(({ status }) => status === 'ACTIVE')
  const ways: readonly (() => void)[] = [
    () => org.addMember(some(groups), some(active)),
    () => org.removeMember(some(groups), some(active)),
    () => {
      const [group, user] = [some(groups), some(active)]
      if (org.groupsOf(user).includes(group)) org.removeMember(group, user)
      else org.addMember(group, user)
    },
    () => org.assignUser(some(apps), some(active)),
    () => org.unassignUser(some(apps), some(active)),
    () => org.assignGroup(some(apps), some(groups)),
    () => org.unassignGroup(some(apps), some(groups)),
    () => org.updateUser(some(everyoneElse), { profile: { title: `Title ${next(3)}` } }),
    () => org.updateUser(some(active), { status: next(2) === 0 ? 'SUSPENDED' : 'LOCKED_OUT' }),
    () => org.updateUser(some(everyoneElse), { status: 'ACTIVE' }),
    () => org.addUser({ groups: [some(groups)] }),
    () => org.deactivateUser(some(active)),
    () => {
      if (everyoneElse.length > 8) org.deleteUser(some(everyoneElse))
    },
    () => org.renameGroup(some(groups), `Group ${next(100)}`),
    () => org.addGroup({ name: `Added ${next(1000)}` }),
    () => {
      if (groups.length > 8) org.deleteGroup(some(groups))
    },
    () => org.updateApp(some(apps), { label: `App ${next(100)}` }),
    () => org.enrollFactor(some(active), 'token:software:totp'),
    () => {
      const user = some(active)
      const [factor] = org.factorsOf(user)
      if (factor) org.removeFactor(user, factor.id)
    },
    () => org.grantRole(some(active), 'HELP_DESK_ADMIN'),
    () => {
      const holder = pick(org.roleHolderIds(), next(6))
      const [held] = org.rolesOf(holder).filter(({ assignmentType }) => assignmentType === 'USER')
      if (held && holder !== org.ownerId) org.revokeRole(holder, held.role.id)
    },
  ]
  pick(ways, next(ways.length))()
}
