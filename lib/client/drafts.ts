import { unsentFirstMessage } from './start-session.ts'
import { readStored, writeStored } from './storage.ts'

const keyOf = (sessionId: string | null) => `rill:draft:${sessionId ?? 'new'}`

/** What was typed in a session and not sent; null stands for the session that is not there yet. */
export function readDraft(sessionId: string | null): string {
  return readStored(keyOf(sessionId)) ?? (sessionId === null ? unsentFirstMessage() : null) ?? ''
}

export function writeDraft(sessionId: string | null, text: string): void {
  writeStored(keyOf(sessionId), text === '' ? null : text)
}

/** Gives what was typed before a session was made to that session. */
export function moveDraft(sessionId: string): void {
  const text = readDraft(null)
  if (text === '') return
  writeDraft(sessionId, text)
  writeDraft(null, '')
}
