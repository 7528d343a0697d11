'use client'
import { useNow } from '../../ui/use-now.ts'
import { duration } from '../duration.ts'

/** How long something has been going on, counted in whole seconds; the label before the first, and on the server. */
export function Elapsed({ since, label }: { since: string; label: string }) {
  const now = useNow(1_000)
  const ms = now === null ? 0 : now - Date.parse(since)
  return ms < 1_000 ? label : duration(Math.floor(ms / 1_000) * 1_000)
}
