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

  const end = () => {
    setEdit(null)
    writeQueueEdit(sessionId, null)
  }
  const orphan = ({ text, before }: { text: string; before: string }) => {
    end()
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
    else if (isSavedElsewhere) end()
  }, [edit, !waiting, isSavedElsewhere])

  return {
    edit: waiting ? edit : null,
    begin({ id: messageId, text }) {
      setEdit({ messageId, before: text, text, isSaving: false, problem: null })
    },
    change(text) {
      if (!edit) return
      setEdit({ ...edit, text, problem: null })
      writeQueueEdit(sessionId, { messageId: edit.messageId, before: edit.before, text })
    },
    async save() {
      if (!edit || edit.isSaving || edit.text.trim() === '') return
      if (edit.text === edit.before) return end()
      setEdit({ ...edit, isSaving: true, problem: null })
      try {
        const outcome = await editor.update(edit.messageId, { text: edit.text })
        if (outcome === 'gone') orphan(edit)
        else end()
      } catch (error) {
        setEdit({ ...edit, isSaving: false, problem: `${toAppError(error).message} What you wrote is kept.` })
      }
    },
    cancel: end,
  }
}
