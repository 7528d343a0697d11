'use client'
import { useEffect, useState } from 'react'
import { readQueueEdit, shownQueue } from '#lib/client/index.ts'
import { Late, latePart } from '../ui/late.tsx'
import type { QueueProps } from './queue.tsx'

export const lateQueue = latePart(async () => (await import('./queue.tsx')).Queue)

/** The queue, from when something first waits, or words of an edit are left. It stays then: it may have something to say. */
export function QueueEntry(props: QueueProps) {
  const { sessionId, queue, changes } = props
  const [wasNeeded, setWasNeeded] = useState(queue.length > 0)
  const isNeeded = wasNeeded || shownQueue(queue, changes).length > 0
  useEffect(() => setWasNeeded(isNeeded || readQueueEdit(sessionId) !== null), [isNeeded, sessionId])
  return isNeeded && <Late part={lateQueue} props={props} />
}
