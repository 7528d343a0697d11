'use client'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { writeDraft } from '#lib/client/index.ts'
import { useGrowingField } from '../chat/use-growing-field.ts'
import { isComposing } from '../ui/is-composing.ts'

export interface EditFieldProps {
  messageId: string
  /** What is in the field at first. */
  text: string
  onSend: (messageId: string, text: string) => Promise<void>
  onEnd: () => void
}

/** Words of the user, to be said anew: Enter sends them, Escape leaves what was said. What is typed outlives a reload. */
export function EditField({ messageId, text: first, onSend, onEnd }: EditFieldProps) {
  const [text, setText] = useState(first)
  const field = useRef<HTMLTextAreaElement>(null)
  useGrowingField(field, text)
  useEffect(() => {
    const element = field.current
    element?.focus()
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [])
  const canSend = text.trim() !== ''
  const leave = () => {
    writeDraft(messageId, '')
    onEnd()
  }
  const send = () => {
    if (!canSend) return
    // A message that cannot be sent stands in the conversation, to be sent again.
    void onSend(messageId, text)
    leave()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    if (event.key === 'Escape') leave()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  return (
    <div className="edit-words">
      <textarea
        ref={field}
        className="composer-field"
        aria-label="Edit your message"
        dir="auto"
        rows={1}
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          writeDraft(messageId, event.target.value)
        }}
        onKeyDown={onKeyDown}
      />
      <p className="mt-2 flex items-center gap-2 text-small text-soft">
        <span className="min-w-0">What was said before is kept.</span>
        <span className="ml-auto flex gap-1.5">
          <button type="button" className="quiet-button" onClick={leave}>
            Cancel
          </button>
          <button type="button" className="button" data-kind="first" aria-disabled={!canSend} onClick={send}>
            Send
          </button>
        </span>
      </p>
    </div>
  )
}
