import { expect, test } from 'vitest'
import { checkPublicLiteral, isLoopback, isOnPublicAddress } from './address.ts'

test('a host is public when all that its name leads to is', async () => {
  expect(await isOnPublicAddress('localhost')).toBe(false)
  expect(await isOnPublicAddress('[::1]')).toBe(false)
  expect(await isOnPublicAddress('1.1.1.1')).toBe(true)
  expect(await isOnPublicAddress('no-such-host.invalid')).toBe(true)
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
