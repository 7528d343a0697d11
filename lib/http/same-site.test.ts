import { describe, expect, test } from 'vitest'
import { mayOperate } from './operator.ts'
import { checkSameSite, type Door, isLocalScript } from './same-site.ts'

const LOOPBACK: Door = { isLoopback: true }
const OPEN: Door = { isLoopback: false }
const PUBLIC: Door = { isLoopback: true, publicUrl: 'https://chat.example.org' }

describe('which requests pass', () => {
  const cases: [name: string, door: Door, headers: Record<string, string>, passes: boolean][] = [
    ['a script', LOOPBACK, { host: '127.0.0.1:3000' }, true],
    ['a page of ours', LOOPBACK, { host: 'localhost:3000', origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, true],
    ['an address that was typed', LOOPBACK, { host: 'localhost:3000', 'sec-fetch-site': 'none' }, true],
    ['IPv6 loopback', LOOPBACK, { host: '[::1]:3000' }, true],
    ['another port of this machine', LOOPBACK, { host: 'localhost:3000', origin: 'http://localhost:8080' }, false],
    ['another site', LOOPBACK, { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' }, false],
    ['a neighbouring name', LOOPBACK, { host: 'localhost:3000', 'sec-fetch-site': 'same-site' }, false],
    ['an opaque origin', LOOPBACK, { host: 'localhost:3000', origin: 'null' }, false],
    ['a name that was rebound to this address', LOOPBACK, { host: 'evil.example' }, false],
    ['a name that begins like loopback', LOOPBACK, { host: 'localhost.evil.example' }, false],
    ['no host', LOOPBACK, {}, false],
    ['any name, where none is set', OPEN, { host: 'chat.lan:3000', origin: 'http://chat.lan:3000' }, true],
    ['the public name', PUBLIC, { host: 'chat.example.org', origin: 'https://chat.example.org' }, true],
    ['a proxy that says its own name', PUBLIC, { host: '127.0.0.1:3000', origin: 'https://chat.example.org' }, true],
    ['another name than the public one', { ...PUBLIC, isLoopback: false }, { host: 'chat.lan' }, false],
  ]
  test.each(cases)('%s', (_name, door, headers, passes) => {
    const check = () => checkSameSite(new Headers(headers), door)
    if (passes) expect(check).not.toThrow()
    else expect(check).toThrow(expect.objectContaining({ code: 'forbidden' }))
  })
})

describe("who is taken for this machine's scripts", () => {
  const cases: [name: string, door: Door, headers: Record<string, string>, isScript: boolean][] = [
    ['a script', LOOPBACK, {}, true],
    ['through Next, which names the peer', LOOPBACK, { 'x-forwarded-for': '::ffff:127.0.0.1' }, true],
    ['a browser', LOOPBACK, { 'sec-fetch-site': 'same-origin' }, false],
    ['a client with a cookie', LOOPBACK, { cookie: 'a=b' }, false],
    ['someone behind a proxy', LOOPBACK, { 'x-forwarded-for': '203.0.113.9, 127.0.0.1' }, false],
    ['someone behind a proxy that says "Forwarded"', LOOPBACK, { forwarded: 'for=203.0.113.9' }, false],
    ['a server that others reach', OPEN, {}, false],
    ['a server with a public address', PUBLIC, {}, false],
  ]
  test.each(cases)('%s', (_name, door, headers, isScript) => {
    expect(isLocalScript(new Headers(headers), door)).toBe(isScript)
  })
})

describe('who may see how the server is', () => {
  const host = 'localhost:3000'
  const cases: [name: string, door: Door, headers: Record<string, string>, mayOperate: boolean][] = [
    ['a browser on this machine', LOOPBACK, { host, 'sec-fetch-site': 'none', cookie: 'a=b', 'x-forwarded-for': '::1' }, true],
    ['a link of our own', LOOPBACK, { host, 'sec-fetch-site': 'same-origin', 'x-forwarded-host': host }, true],
    ['a script on this machine', LOOPBACK, { host }, true],
    ['another site', LOOPBACK, { host, 'sec-fetch-site': 'cross-site' }, false],
    ['another port of this machine', LOOPBACK, { host, 'sec-fetch-site': 'same-site' }, false],
    ['someone behind a proxy', LOOPBACK, { host, 'x-forwarded-for': '203.0.113.9' }, false],
    ['someone who claims to be here, behind a proxy', LOOPBACK, { host, 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }, false],
    ['behind a proxy that says "Forwarded"', LOOPBACK, { host, forwarded: 'for=127.0.0.1' }, false],
    ['behind a proxy that says "Via"', LOOPBACK, { host, via: '1.1 proxy' }, false],
    ['behind a proxy that says "X-Real-IP"', LOOPBACK, { host, 'x-real-ip': '203.0.113.9' }, false],
    ['behind a proxy that names itself', LOOPBACK, { host, 'x-forwarded-host': 'chat.example.org' }, false],
    ['a name', LOOPBACK, { host: 'chat.example.org' }, false],
    ['a server that others reach', OPEN, { host }, false],
    ['a server with a public address', PUBLIC, { host }, false],
  ]
  test.each(cases)('%s', (_name, door, headers, expected) => {
    expect(mayOperate(new Headers(headers), door)).toBe(expected)
  })
})
