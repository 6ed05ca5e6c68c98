import { describe, expect, it } from 'vitest'
import { AppError } from '../../errors.ts'
import { path } from './path.ts'

describe('a path', () => {
  it('encodes its parts', () => {
    expect(path`/api/v1/users/${'00u1'}/factors/${'a/b?c#d%'}`).toBe('/api/v1/users/00u1/factors/a%2Fb%3Fc%23d%25')
    expect(path`/api/v1/apps`).toBe('/api/v1/apps')
  })

  it.each([[''], [' '], ['.'], ['..'], ['a\u0000'], ['\uD800']])('refuses %j as a part', (part) => {
    expect(() => path`/api/v1/users/${part}`).toThrow(AppError)
  })
})
