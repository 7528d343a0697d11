'use client'
import { useEffect, useState } from 'react'
import type { Connection } from '#lib/client/index.ts'

/** A line that breaks and is back at once is nobody's concern. */
const PATIENCE_MS = 1_500

/** Says quietly that the connection is lost, or what went wrong. */
export function ConnectionNote({ connection, problem }: { connection: Connection; problem: string | null }) {
  const [isLate, setIsLate] = useState(false)
  const isLost = connection === 'lost'
  useEffect(() => {
    if (!isLost) return setIsLate(false)
    const timer = setTimeout(() => setIsLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isLost])
  if (problem) {
    return (
      <p className="note-strip text-bad" role="alert">
        {problem}
      </p>
    )
  }
  if (!isLost || !isLate) return null
  return (
    <p className="note-strip" role="status">
      Reconnecting. Nothing is lost; the answer goes on meanwhile.
    </p>
  )
}
