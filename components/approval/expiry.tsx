'use client'
import { useNow } from '../ui/use-now.ts'

const MINUTE = 60_000

/** How long something still waits, said quietly; nothing on the server, whose clock is another. */
export function Expiry({ at }: { at: string }) {
  const now = useNow(MINUTE / 2)
  if (now === null) return null
  return <span className="text-faint"> · {leftUntil(Date.parse(at) - now)}</span>
}

/** "expires in 24 h", "expires in 12 min". */
export function leftUntil(ms: number): string {
  if (ms <= 0) return 'expired'
  const minutes = Math.ceil(ms / MINUTE)
  if (minutes <= 90) return `expires in ${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours <= 48 ? `expires in ${hours} h` : `expires in ${Math.round(hours / 24)} days`
}
