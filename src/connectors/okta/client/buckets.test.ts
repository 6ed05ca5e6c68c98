import { describe, expect, test } from 'vitest'
import { bucketOf, pathTemplate } from './buckets.ts'

describe('the bucket of a path', () => {
  test.each([
    ['/api/v1/users?limit=200', '/api/v1/users'],
    ['/api/v1/users/', '/api/v1/users'],
    ['/api/v1/users/00u1', '/api/v1/users/{id}'],
    ['/api/v1/users/jane%40acme.test', '/api/v1/users/{id}'],
    ['/api/v1/users/me', '/api/v1/users/me'],
    ['/api/v1/users/me/groups', '/api/v1/users'],
    ['/api/v1/users/00u1/groups?after=/api/v1/apps', '/api/v1/users'],
    ['/api/v1/users/00u1/factors', '/api/v1/users'],
    ['/api/v1/users/00u1/roles/ra1/targets/groups', '/api/v1/users'],
    ['/api/v1/groups', '/api/v1/groups'],
    ['/api/v1/groups/00g1', '/api/v1/groups/{id}'],
    ['/api/v1/groups/rules', '/api/v1/groups'],
    ['/api/v1/groups/rules/0pr1', '/api/v1/groups'],
    ['/api/v1/groups/00g1/users', '/api/v1/groups'],
    ['/api/v1/apps', '/api/v1/apps'],
    ['/api/v1/apps/0oa1', '/api/v1/apps/{id}'],
    ['/api/v1/apps/0oa1/users', '/api/v1/apps'],
    ['/api/v1/apps/0oa1/users/00u1', '/api/v1/apps'],
    ['/api/v1/logs?since=x', '/api/v1/logs'],
    ['/api/v1/iam/assignees/users', '/api/v1/iam'],
    ['/api/v1/policies?type=PASSWORD', '/api/v1'],
    ['/api/v1/policies/00p1/rules', '/api/v1'],
    ['/api/v1/org', '/api/v1'],
    ['/api/v1/usersettings', '/api/v1'],
    ['/api/v1/devices', '/api/v1/devices'],
    ['/api/v1/devices/guo1', '/api/v1/devices'],
    ['/api/v1/devices/guo1/users', '/api/v1/devices/{id}/users'],
    ['/api/v1/device-assurances', '/api/v1/device-assurances'],
    ['/api/v1/principal-rate-limits', '/api/v1/principal-rate-limits'],
    ['/oauth2/v1/clients/0oa1/roles', '/oauth2/v1/clients'],
    ['/.well-known/okta-organization', '/'],
  ])('B009: %s draws on %s', (path, bucket) => {
    expect(bucketOf(path)).toBe(bucket)
  })
})

test('a path template holds no id, login or query', () => {
  expect(pathTemplate('/api/v1/users/00u1/groups?after=x')).toBe('/api/v1/users/{id}/groups')
  expect(pathTemplate('/api/v1/users/jane.doe')).toBe('/api/v1/users/{id}')
  expect(pathTemplate('/.well-known/okta-organization')).toBe('/.well-known/okta-organization')
})
