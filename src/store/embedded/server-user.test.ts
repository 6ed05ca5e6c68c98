import { expect, test } from 'vitest'
import { unprivilegedUser } from './server-user.ts'

const root = 'root:x:0:0:root:/root:/bin/bash'
const nobody = 'nobody:x:65534:65534:nobody:/:/bin/false'
const postgres = 'postgres:x:101:104::/var/lib/postgresql:/bin/bash'

test('root runs the server as postgres where there is such a user, else as nobody', () => {
  expect(unprivilegedUser([root, nobody, postgres].join('\n'))).toEqual({ uid: 101, gid: 104 })
  expect(unprivilegedUser([root, nobody].join('\n'))).toEqual({ uid: 65534, gid: 65534 })
})

test('a postgres user that is root by another name does not count', () => {
  expect(unprivilegedUser(['postgres:x:0:0::/:/bin/sh', nobody].join('\n'))).toEqual({ uid: 65534, gid: 65534 })
})

test('a machine with neither is told so', () => {
  expect(() => unprivilegedUser(root)).toThrow(expect.objectContaining({ code: 'embedded_start_failed' }))
})
