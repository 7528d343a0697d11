let last = 0n

/** A UUIDv7 (RFC 9562), strictly increasing within this process, so that ids made in order sort in order. */
export function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(8))
  let stamp = (BigInt(Date.now()) << 12n) | BigInt(((random[0] ?? 0) << 4) | ((random[1] ?? 0) >> 4))
  if (stamp <= last) stamp = last + 1n
  last = stamp
  const hex = stamp.toString(16).padStart(15, '0')
  const tail = Array.from(random.subarray(2), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = (8 | (Number.parseInt(tail[0] ?? '0', 16) & 3)).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(12)}-${variant}${randomHex(3)}-${tail}`
}

function randomHex(digits: number): string {
  const value = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0
  return value.toString(16).padStart(4, '0').slice(-digits)
}
