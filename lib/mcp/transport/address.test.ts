import { expect, test, vi } from 'vitest'
import { checkPublicLiteral, isLoopback, isOnPublicAddress } from './address.ts'
import { createGuardedFetch } from './guarded-fetch.ts'

const names: Record<string, string[]> = {
  localhost: ['127.0.0.1', '::1'],
  'mixed.example': ['10.0.0.1', '1.1.1.1'],
  'inside.example': ['10.0.0.1', 'fd00::1'],
}
vi.mock('node:dns/promises', () => ({
  lookup: async (host: string) => {
    const found = names[host]
    if (!found) throw new Error(`getaddrinfo ENOTFOUND ${host}`)
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  },
}))

test('a host is public when any address of it is', async () => {
  expect(await isOnPublicAddress('localhost')).toBe(false)
  expect(await isOnPublicAddress('[::1]')).toBe(false)
  expect(await isOnPublicAddress('1.1.1.1')).toBe(true)
  expect(await isOnPublicAddress('mixed.example')).toBe(true)
  expect(await isOnPublicAddress('inside.example')).toBe(false)
  await expect(isOnPublicAddress('no-such-host.invalid')).rejects.toThrow(/ENOTFOUND/)
})

test('what its name could not tell is asked again, and strict until then', async () => {
  const fetched = createGuardedFetch('http://later.example/mcp')
  const other = 'http://127.0.0.1:9/'
  await expect(fetched.fetch(other)).rejects.toThrow(/private one, which is refused/)
  names['later.example'] = ['10.0.0.1']
  await expect(fetched.fetch(other)).rejects.toThrow('fetch failed')
  await fetched.close()
})

test('an address in place of a name is checked before it is dialled', () => {
  expect(() => checkPublicLiteral('[::ffff:127.0.0.1]')).toThrow(/refused/)
  expect(() => checkPublicLiteral('1.1.1.1')).not.toThrow()
  expect(() => checkPublicLiteral('example.org')).not.toThrow()
})

test('loopback, in all its forms', () => {
  for (const one of ['localhost', '127.0.0.1', '127.1.1.1', '[::1]']) expect(isLoopback(one)).toBe(true)
  for (const one of ['localhost.example.org', '10.0.0.1', 'example.org']) expect(isLoopback(one)).toBe(false)
})
