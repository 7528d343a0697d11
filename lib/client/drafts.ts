import * as z from 'zod/mini'
import { unsentFirstMessage } from './start-session.ts'
import { ofTab, readStored, writeStored } from './storage.ts'

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

/** A message that waits, while it is being edited. */
const queueEdit = z.object({ messageId: z.string(), before: z.string(), text: z.string() })
export type QueueEdit = z.infer<typeof queueEdit>

const editKeyOf = (sessionId: string) => `rill:queue-edit:${sessionId}`

/** What was being edited in a session when its page was left. */
export function readQueueEdit(sessionId: string): QueueEdit | null {
  const json = readStored(editKeyOf(sessionId))
  if (json === null) return null
  try {
    return queueEdit.parse(JSON.parse(json))
  } catch {
    // Written by another version of the page.
    return null
  }
}

export function writeQueueEdit(sessionId: string, edit: QueueEdit | null): void {
  writeStored(editKeyOf(sessionId), edit && JSON.stringify(edit))
}

/** What was typed in answer to an approval and not sent: why not, or the controls of its form with their values. */
const approvalDraft = z.object({ reason: z.optional(z.string()), filled: z.optional(z.array(z.tuple([z.string(), z.string()]))) })
export type ApprovalDraft = z.infer<typeof approvalDraft>

const approvalKeyOf = (approvalId: string) => `rill:approval:${approvalId}`

/** Kept by the tab alone: somewhere else it may have been decided long ago. */
export function readApprovalDraft(approvalId: string): ApprovalDraft | null {
  const json = ofTab.read(approvalKeyOf(approvalId))
  if (json === null) return null
  try {
    return approvalDraft.parse(JSON.parse(json))
  } catch {
    // Written by another version of the page.
    return null
  }
}

export function writeApprovalDraft(approvalId: string, draft: ApprovalDraft | null): void {
  ofTab.write(approvalKeyOf(approvalId), draft && JSON.stringify(draft))
}
