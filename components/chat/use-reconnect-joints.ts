'use client'
import { type RefObject, useEffect, useRef, useState } from 'react'

/** Where on an answer's line, in pixels from its top, the connection was lost and found again while it was written. */
export function useReconnectJoints(answer: RefObject<HTMLElement | null>, isLive: boolean): readonly number[] {
  const [joints, setJoints] = useState<readonly number[]>([])
  const lostAt = useRef<number | null>(null)
  useEffect(() => {
    if (!isLive) {
      lostAt.current = answer.current?.offsetHeight ?? null
      return
    }
    const top = lostAt.current
    lostAt.current = null
    if (top !== null) setJoints((before) => (before.includes(top) ? before : [...before, top]))
  }, [answer, isLive])
  return joints
}
