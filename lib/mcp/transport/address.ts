import { lookup } from 'node:dns'
import { lookup as lookupAll } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent } from 'undici'
import { isPublicAddress } from '#lib/tools/web-fetch/public-address.ts'

/** Whether any address of a host is public: one among private ones must not make a host trusted. Rejects when its name is not found. */
export async function isOnPublicAddress(hostname: string): Promise<boolean> {
  const host = withoutBrackets(hostname)
  if (ipaddr.isValid(host)) return isPublicAddress(host)
  return (await lookupAll(host, { all: true })).some(({ address }) => isPublicAddress(address))
}

/** Throws for a host that is an address, and no public one. Names are checked when they are dialled. */
export function checkPublicLiteral(hostname: string): void {
  const host = withoutBrackets(hostname)
  if (ipaddr.isValid(host) && !isPublicAddress(host)) throw notPublic()
}

const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const refused = error ?? (addresses.every(({ address }) => isPublicAddress(address)) ? null : notPublic())
    const [first] = addresses ?? []
    if (refused || !first) callback(refused ?? notPublic(), '', 0)
    else if (options.all) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

/** Dials public addresses only: the check is of the address that is dialled, not of one that was looked up before. */
export function publicOnlyAgent(): Agent {
  return new Agent({ connect: { lookup: lookupPublic } })
}

/** True for this machine's own names. */
export function isLoopback(hostname: string): boolean {
  const host = withoutBrackets(hostname)
  return host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback')
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '')
}

/** Where a server wanted us to go, and we did not. */
export class RefusedError extends Error {}

function notPublic(): RefusedError {
  return new RefusedError('A server on a public address led to a private one, which is refused.')
}
