'use client'
import { usePathname } from 'next/navigation'
import { Late, latePart } from '../ui/late.tsx'

const lateLeftovers = latePart(async () => (await import('./leftovers.tsx')).Leftovers)

/** Of the session that the address names. */
export function LeftoversEntry() {
  const sessionId = usePathname().split('/')[2]
  return sessionId !== undefined && <Late part={lateLeftovers} props={{ sessionId }} />
}
