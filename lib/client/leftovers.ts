import { blocksOf, readDraft, readQueueEdit, writeDraft, writeQueueEdit } from './drafts.ts'
import { storedOutbox } from './outbox.ts'

/** What this browser has of a session and nobody else: messages that were not sent, and what was being written. Oldest first. */
export function leftoversOf(sessionId: string): string[] {
  const draft = readDraft(sessionId) + readDraft(blocksOf(sessionId))
  const texts = [...storedOutbox.load(sessionId).map(({ text }) => text), readQueueEdit(sessionId)?.text ?? '', draft]
  return texts.map((text) => text.trim()).filter((text) => text !== '')
}

/** Puts it into the field of a session that is not there yet, behind what stands there. */
export function takeLeftovers(sessionId: string): void {
  writeDraft(null, [readDraft(null), ...leftoversOf(sessionId)].filter((text) => text !== '').join('\n\n'))
  for (const { id } of storedOutbox.load(sessionId)) storedOutbox.remove(sessionId, id)
  writeQueueEdit(sessionId, null)
  writeDraft(sessionId, '')
  writeDraft(blocksOf(sessionId), '')
}
