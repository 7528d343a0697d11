import 'server-only'
import { AppError } from '#lib/protocol/index.ts'
import { printable } from './body.ts'

export interface Door {
  /** True when only this machine can reach the server. */
  isLoopback: boolean
  publicUrl?: string
}

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

/** Refuses a `Host` that is not ours: a name that was rebound to this address, whose pages would be of one origin with ours. */
export function checkHost(headers: Headers, door: Door): void {
  const host = hostOf(headers)
  const publicHost = publicHostOf(door)
  const isOurHost = host === publicHost || LOOPBACK_HOST.test(host) || (publicHost === undefined && !door.isLoopback)
  if (!isOurHost)
    throw new AppError('forbidden', `This server is not known as "${printable(host)}". Set RILL_PUBLIC_URL to the address that people use.`)
}

/**
 * Refuses what another site makes a browser ask for: a foreign `Origin`, a foreign `Sec-Fetch-Site` and a foreign `Host`. A
 * request with none of these, as from a script, passes.
 */
export function checkSameSite(headers: Headers, door: Door): void {
  checkHost(headers, door)
  const host = hostOf(headers)
  const publicHost = publicHostOf(door)
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') throw foreignSite()
  const origin = headers.get('origin')
  if (origin !== null && !isHostOf(origin, host) && !(publicHost !== undefined && isHostOf(origin, publicHost))) throw foreignSite()
}

function hostOf(headers: Headers): string {
  return headers.get('host') ?? ''
}

function publicHostOf({ publicUrl }: Door): string | undefined {
  return publicUrl === undefined ? undefined : new URL(publicUrl).host
}

/** True for what only a browser sends. */
function isFromBrowser(headers: Headers): boolean {
  return headers.has('origin') || headers.has('sec-fetch-site')
}

/** True for a request of a program on this machine, to a server that only this machine reaches, with no proxy between. */
export function isLocalScript(headers: Headers, door: Door): boolean {
  return isFromHere(headers, door) && !isFromBrowser(headers) && !headers.has('cookie')
}

/** What proxies add. Next adds `X-Forwarded-For` and `X-Forwarded-Host` itself, with the peer and the `Host`. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-real-ip', 'cf-connecting-ip']

/** True for a request of this machine, to a server that only this machine reaches, with no proxy between that says so. */
export function isFromHere(headers: Headers, door: Door): boolean {
  const forwarded = headers.get('x-forwarded-for') ?? '127.0.0.1'
  const hosts = [headers.get('host'), headers.get('x-forwarded-host')].filter((host) => host !== null)
  const isDirect =
    forwarded.split(',').every((address) => /^(::ffff:)?127\.|^::1$/.test(address.trim())) &&
    hosts.every((host) => LOOPBACK_HOST.test(host)) &&
    !PROXY_HEADERS.some((name) => headers.has(name))
  return door.isLoopback && door.publicUrl === undefined && isDirect
}

function foreignSite(): AppError {
  return new AppError('forbidden', 'The request comes from another site.')
}

/** An opaque origin ("null") is nobody's. */
function isHostOf(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}
