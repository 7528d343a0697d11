'use client'
import { useEffect, useState } from 'react'

/** A line that breaks and is back at once is nobody's concern. */
const PATIENCE_MS = 1_500

/** True once something has been so for long enough to be told. */
export function useIsLate(isSo: boolean): boolean {
  const [isLate, setIsLate] = useState(false)
  useEffect(() => {
    if (!isSo) return setIsLate(false)
    const timer = setTimeout(() => setIsLate(true), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isSo])
  return isSo && isLate
}

export interface ConnectionNoteProps {
  isLost: boolean
  /** True while an answer is being written. */
  isBusy: boolean
  problem: string | null
  onDismiss: () => void
}

/** Says quietly that the connection is lost, or what went wrong. */
export function ConnectionNote({ isLost, isBusy, problem, onDismiss }: ConnectionNoteProps) {
  if (problem) {
    return (
      <p className="strip" role="alert">
        <span className="min-w-0 text-bad">{problem}</span>
        <button type="button" className="quiet-button ml-auto" onClick={onDismiss}>
          Close
        </button>
      </p>
    )
  }
  if (!isLost) return null
  return (
    <p className="strip" role="status">
      {isBusy ? 'Reconnecting. Nothing is lost: the answer is taken up where it was.' : 'Reconnecting…'}
    </p>
  )
}
