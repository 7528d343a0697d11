import { isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

/** All of IPv6 that is given out for use on the internet. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')
/** An IPv6-only network reaches IPv4 so: the last 32 bits are the address. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/** Public by their range, and yet not: what a cloud answers its machines at, protocol assignments, documentation. */
const NOT_PUBLIC = ['168.63.129.16/32', '2001::/23', '3fff::/20'].map((range) => ipaddr.parseCIDR(range))

/**
 * True for an address that anyone on the internet could reach: unicast, in no special range, and none of this machine's own. IPv4
 * inside of IPv6 is judged as IPv4 where the network would unwrap it, and refused where a tunnel would.
 */
export function isPublicAddress(text: string): boolean {
  const parsed = parse(text)
  if (!parsed) return false
  const address = unwrapped(parsed)
  if (address.range() !== 'unicast') return false
  if (address instanceof ipaddr.IPv6 && (!address.match(GLOBAL_UNICAST) || isIsatap(address))) return false
  const isRefused = NOT_PUBLIC.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))
  return !isRefused && !isOwn(address.toString())
}

/** As the system reads it: the library takes "1.2.3" for an address, and "::1.2.3.4" for another one. */
function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (isIPv4(text)) return ipaddr.IPv4.parse(text)
  if (!isIPv6(text) || text.includes('%')) return undefined
  return ipaddr.IPv6.parse(new URL(`http://[${text}]`).hostname.slice(1, -1))
}

function unwrapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address
  if (address.isIPv4MappedAddress()) return address.toIPv4Address()
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : address
}

/** A tunnel by its interface identifier: 0000:5efe or 0200:5efe, then IPv4. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const [high = 0, low] = address.parts.slice(4, 6)
  return (high & ~0x0200) === 0 && low === 0x5efe
}

/** What listens on all of this machine's addresses may be kept from others by a firewall only. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) =>
    list?.some((one) => ipaddr.isValid(one.address) && ipaddr.parse(one.address).toString() === address),
  )
}
