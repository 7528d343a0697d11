import { parseShape } from './shape.ts'
import { ofTab, readStored, writeStored } from './storage.ts'

const keyOf = (sessionId: string | null) => `rill:draft:${sessionId ?? 'new'}`

/** Of the drafts for all tabs, what this tab has shown or written: that it may take away. */
const seen = new Map<string, string>()

/** What was typed in a session and not sent, here or else in another tab; null stands for the session that is not there yet. */
export function readDraft(sessionId: string | null): string {
  const key = keyOf(sessionId)
  const mine = ofTab.read(key)
  if (mine !== null) return mine
  const stored = readStored(key) ?? ''
  seen.set(key, stored)
  return stored
}

/** The draft of the blocks of pasted text beside what is typed. */
export const blocksOf = (sessionId: string | null) => `${sessionId ?? 'new'}:blocks`

/** For all tabs to come; what another tab has typed meanwhile stays that tab's, and is not taken away by what is sent here. */
export function writeDraft(sessionId: string | null, text: string): void {
  const key = keyOf(sessionId)
  const [mine, stored] = [ofTab.read(key), readStored(key) ?? '']
  const isOfOther = stored !== '' && stored !== mine && stored !== seen.get(key)
  if (text !== '' || !isOfOther) {
    writeStored(key, text || null)
    seen.set(key, text)
  }
  ofTab.write(key, text === '' && !isOfOther ? null : text)
}

/** Gives what this tab typed before a session was made to that session. */
export function moveDraft(sessionId: string): void {
  move(null, sessionId)
  move(blocksOf(null), blocksOf(sessionId))
}

function move(from: string | null, to: string): void {
  const text = ofTab.read(keyOf(from))
  if (!text) return
  writeDraft(to, text)
  writeDraft(from, '')
}

const deletedKeyOf = (sessionId: string) => `rill:deleted:${sessionId}`

/** The messages that this tab deleted last and may bring back, also after a reload. */
export function readDeleted(sessionId: string): string[] | null {
  const { messageIds } = parseShape(ofTab.read(deletedKeyOf(sessionId))) ?? {}
  return Array.isArray(messageIds) && messageIds.every((id) => typeof id === 'string') ? messageIds : null
}

export function writeDeleted(sessionId: string, messageIds: string[] | null): void {
  ofTab.write(deletedKeyOf(sessionId), messageIds && JSON.stringify({ messageIds }))
}

/** A message that waits, while it is being edited. */
export interface QueueEdit {
  messageId: string
  before: string
  text: string
}

const editKeyOf = (sessionId: string) => `rill:queue-edit:${sessionId}`

/** What was being edited in a session when its page was left. */
export function readQueueEdit(sessionId: string): QueueEdit | null {
  const { messageId, before, text } = parseShape(readStored(editKeyOf(sessionId))) ?? {}
  const isEdit = typeof messageId === 'string' && typeof before === 'string' && typeof text === 'string'
  return isEdit ? { messageId, before, text } : null
}

export function writeQueueEdit(sessionId: string, edit: QueueEdit | null): void {
  writeStored(editKeyOf(sessionId), edit && JSON.stringify(edit))
}

/** What was typed in answer to an approval and not sent: why not, or the controls of its form with their values. */
export interface ApprovalDraft {
  reason?: string
  filled?: [string, string][]
}

const approvalKeyOf = (approvalId: string) => `rill:approval:${approvalId}`

/** Kept by the tab alone: somewhere else it may have been decided long ago. */
export function readApprovalDraft(approvalId: string): ApprovalDraft | null {
  const draft = parseShape(ofTab.read(approvalKeyOf(approvalId)))
  if (!draft) return null
  const { reason, filled } = draft
  const isReason = reason === undefined || typeof reason === 'string'
  const isFilled = filled === undefined || (Array.isArray(filled) && filled.every(isEntry))
  return isReason && isFilled ? { ...(reason !== undefined && { reason }), ...(filled !== undefined && { filled }) } : null
}

function isEntry(value: unknown): value is [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string')
}

export function writeApprovalDraft(approvalId: string, draft: ApprovalDraft | null): void {
  ofTab.write(approvalKeyOf(approvalId), draft && JSON.stringify(draft))
}
