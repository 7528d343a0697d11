'use client'
import { memo, useMemo, useState } from 'react'
import { type QueueEditor, type QueueOutcome, type SessionView, shownQueue } from '#lib/client/index.ts'
import { toAppError } from '#lib/protocol/index.ts'
import { QueueRow } from './queue-row.tsx'
import { useQueueEdit } from './use-queue-edit.ts'

export interface QueueProps {
  sessionId: string
  queue: SessionView['state']['queue']
  changes: SessionView['queueChanges']
  editor: QueueEditor
  /** Takes words that would be lost otherwise. */
  onPutBack: (text: string) => void
}

const TOO_LATE = 'Its turn has come: the agent has it already.'

/** What waits for its turn: to be read, edited, moved, told at once, and taken back. */
export const Queue = memo(function Queue({ sessionId, queue, changes, editor, onPutBack }: QueueProps) {
  const shown = useMemo(() => shownQueue(queue, changes), [queue, changes])
  const [note, setNote] = useState<string | null>(null)
  const onOrphan = (text: string) => {
    onPutBack(text)
    setNote('Its turn came before it was saved. What you wrote is in the field below.')
  }
  const editing = useQueueEdit({ sessionId, queue: shown, editor, onOrphan })

  /** Does what was asked for, and says kindly when it came too late. */
  const attempt = async (work: Promise<QueueOutcome>) => {
    setNote(null)
    try {
      if ((await work) === 'gone') setNote(TOO_LATE)
    } catch (error) {
      setNote(toAppError(error).message)
    }
  }
  return (
    <>
      {note !== null && (
        <p className="strip" role="status">
          <span className="min-w-0">{note}</span>
          <button type="button" className="quiet-button ml-auto" onClick={() => setNote(null)}>
            Close
          </button>
        </p>
      )}
      {shown.length > 0 && (
        <ol className="strip queue" aria-label="What waits">
          {shown.map((message, index) => (
            <QueueRow
              key={message.id}
              message={message}
              isFirst={index === 0}
              isLast={index === shown.length - 1}
              editing={editing}
              onMove={(by) => void attempt(editor.move(message.id, by))}
              onMode={(mode) => void attempt(editor.update(message.id, { mode }))}
              onRemove={() => void attempt(editor.remove(message.id))}
            />
          ))}
        </ol>
      )}
    </>
  )
})
