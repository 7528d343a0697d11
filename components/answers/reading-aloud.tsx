'use client'
import { useEffect } from 'react'
import { stopSpeaking, useReadingAloud } from './speech.ts'

/** While the answer is read aloud, the way to stop it. Who leaves the answer stops it too. */
export function ReadingAloud({ answerId }: { answerId: string }) {
  const status = useReadingAloud(answerId)
  useEffect(() => () => stopSpeaking(answerId), [answerId])
  if (status === 'failed') return <span role="alert">This browser could not read it aloud.</span>
  return (
    status === 'reading' && (
      <button type="button" className="quiet-button reading-aloud" onClick={() => stopSpeaking(answerId)}>
        Stop reading
      </button>
    )
  )
}
