'use client'
import { useEffect, useState } from 'react'

/** The time in ms, looked at anew after each interval; null on the server and in the first drawing, which must be the same. */
export function useNow(intervalMs: number): number | null {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const look = () => setNow(Date.now())
    look()
    const timer = setInterval(look, intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}
