import { describe, expect, it } from 'vitest'
import { faultOfUrl } from './callable-url.ts'

describe('an address', () => {
  it.each([
    ['http://hooks.example.com/in', 'must begin with https://'],
    ['http://127.0.0.1:8080/in', 'must begin with https://'],
    ['ftp://hooks.example.com', 'must begin with https://'],
    ['https://127.0.0.1/in', 'must lead to a public address'],
    ['https://2130706433/in', 'must lead to a public address'],
    ['https://0x7f.1/in', 'must lead to a public address'],
    ['https://10.0.0.1', 'must lead to a public address'],
    ['https://169.254.169.254/latest/meta-data', 'must lead to a public address'],
    ['https://[::1]/', 'must lead to a public address'],
    ['https://[::ffff:10.0.0.1]/', 'must lead to a public address'],
    ['https://user:secret@hooks.example.com/', 'must not have a user or password in it'],
    ['https://hooks.example.com/#x', 'must not have a fragment'],
    ['hooks.example.com', 'must be a URL such as https://hooks.example.com/rollcall'],
    [`https://hooks.example.com/${'x'.repeat(2_000)}`, 'must be a URL such as https://hooks.example.com/rollcall'],
  ])('%s is refused', (url, fault) => {
    expect(faultOfUrl(url, { allowedInsecureOrigins: ['http://127.0.0.1:9'] })).toBe(fault)
  })

  it.each(['https://hooks.example.com/in?x=1', 'https://8.8.8.8:8443/in', 'http://127.0.0.1:9/in'])(
    '%s is not',
    (url) => {
      expect(faultOfUrl(url, { allowedInsecureOrigins: ['http://127.0.0.1:9'] })).toBeNull()
    },
  )
})
