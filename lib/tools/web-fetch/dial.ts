import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent } from 'undici'
import { FetchError } from './fetch-error.ts'
import { isPublicAddress } from './public-address.ts'

export interface Resolved {
  address: string
  family: number
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<Resolved[]>

export interface DialOptions {
  /** Default: as the operating system does. */
  resolve?: Resolve
  /** Addresses that may be dialled although they are not public. Default: none. */
  allow?: (address: string) => boolean
}

const resolveAsSystem: Resolve = (hostname) => lookup(hostname, { all: true })

/**
 * An HTTP client that dials public addresses only. The addresses that were checked are those that are dialled: a name that leads
 * elsewhere a moment later changes nothing. It keeps no connection, no cookie, and does not know of proxies.
 */
export async function createDialer({ resolve = resolveAsSystem, allow = () => false }: DialOptions, timeoutMs: number): Promise<Agent> {
  const { Agent, buildConnector } = await import('undici')
  const isAllowed = (address: string) => isPublicAddress(address) || allow(address)

  async function addressesOf(hostname: string): Promise<Resolved[]> {
    const found = await resolve(hostname)
    if (found.length === 0) throw new FetchError(`There is no server "${hostname}".`)
    // One that is not public is enough: which of them is dialled is chance. It is not named: that would tell of the network.
    if (!found.every(({ address }) => isAllowed(address))) throw notPublic(hostname)
    return found
  }

  const checkedLookup: LookupFunction = (hostname, { all }, done) => {
    addressesOf(hostname).then(
      (found) => (all ? done(null, found) : done(null, found[0]?.address ?? '', found[0]?.family)),
      (error: Error) => done(error, ''),
    )
  }
  const connect = buildConnector({ timeout: timeoutMs, lookup: checkedLookup })
  return new Agent({
    connections: 1,
    pipelining: 0,
    connect(options, done) {
      const hostname = options.hostname.replace(/^\[|\]$/g, '')
      // An address is not looked up, so it is checked here.
      if (isIP(hostname) !== 0 && !isAllowed(hostname)) done(notPublic(hostname), null)
      else connect(options, done)
    },
  })
}

function notPublic(hostname: string): FetchError {
  return new FetchError(`"${hostname}" does not lead to a public address, and only public pages are read.`)
}
