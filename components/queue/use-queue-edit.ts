'use client'
import { useEffect, useState } from 'react'
import { type QueueEditor, readQueueEdit, type WaitingMessage, writeQueueEdit } from '#lib/client/index.ts'
import { toAppError } from '#lib/protocol/index.ts'

export interface QueueEditState {
  messageId: string
  /** The text before it was edited. */
  before: string
  text: string
  isSaving: boolean
  problem: string | null
}

export interface QueueEditing {
  edit: QueueEditState | null
  /** False while another would take the place of words that are not saved yet. */
  canBegin: boolean
  begin(message: WaitingMessage): void
  change(text: string): void
  save(): Promise<void>
  cancel(): void
}

export interface QueueEditOptions {
  sessionId: string
  queue: readonly WaitingMessage[]
  editor: QueueEditor
  /** Takes text that cannot be saved any more: its message's turn has come. */
  onOrphan: (text: string) => void
}

/** One message that waits, while it is edited. What is typed outlives a reload, and the message: then it goes to `onOrphan`. */
export function useQueueEdit({ sessionId, queue, editor, onOrphan }: QueueEditOptions): QueueEditing {
  const [edit, setEdit] = useState<QueueEditState | null>(null)
  const waiting = edit ? queue.find(({ id }) => id === edit.messageId) : undefined
  const isSavedElsewhere = edit !== null && edit.text !== edit.before && waiting?.text === edit.text

  const canBegin = edit === null || (!edit.isSaving && edit.text === edit.before)

  // An answer may come late: it ends only the edit that it is about.
  const end = (messageId: string) => {
    setEdit((now) => (now?.messageId === messageId ? null : now))
    if (readQueueEdit(sessionId)?.messageId === messageId) writeQueueEdit(sessionId, null)
  }
  const orphan = ({ messageId, text, before }: QueueEditState) => {
    end(messageId)
    if (text !== before && text.trim() !== '') onOrphan(text)
  }

  useEffect(() => {
    const kept = readQueueEdit(sessionId)
    if (kept) setEdit({ ...kept, isSaving: false, problem: null })
  }, [sessionId])

  // While it is being saved, the server's answer says whether it came in time.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest only acts when the message has changed
  useEffect(() => {
    if (!edit || edit.isSaving) return
    if (!waiting) orphan(edit)
    else if (isSavedElsewhere) end(edit.messageId)
  }, [edit, !waiting, isSavedElsewhere])

  return {
    edit: waiting ? edit : null,
    canBegin,
    begin({ id: messageId, text }) {
      if (!canBegin) return
      setEdit({ messageId, before: text, text, isSaving: false, problem: null })
    },
    change(text) {
      if (!edit || edit.isSaving) return
      setEdit({ ...edit, text, problem: null })
      writeQueueEdit(sessionId, { messageId: edit.messageId, before: edit.before, text })
    },
    async save() {
      if (!edit || edit.isSaving || edit.text.trim() === '') return
      const { messageId } = edit
      if (edit.text === edit.before) return end(messageId)
      setEdit({ ...edit, isSaving: true, problem: null })
      try {
        const outcome = await editor.update(messageId, { text: edit.text })
        if (outcome === 'gone') orphan(edit)
        else end(messageId)
      } catch (error) {
        const problem = `${toAppError(error).message} What you wrote is kept.`
        setEdit((now) => (now?.messageId === messageId ? { ...now, isSaving: false, problem } : now))
      }
    },
    // While it is being saved, it is not known whether there is anything to go back to.
    cancel() {
      if (edit && !edit.isSaving) end(edit.messageId)
    },
  }
}
