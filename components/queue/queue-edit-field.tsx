'use client'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useGrowingField } from '../chat/use-growing-field.ts'
import { isComposing } from '../ui/is-composing.ts'
import type { QueueEditing } from './use-queue-edit.ts'

/** Edits what waits, in its place. Enter saves, Escape does not. */
export function QueueEditField({ editing }: { editing: QueueEditing }) {
  const { edit, change, save, cancel } = editing
  const field = useRef<HTMLTextAreaElement>(null)
  useGrowingField(field, edit?.text ?? '')
  useEffect(() => {
    const element = field.current
    element?.focus()
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [])
  if (!edit) return null
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    if (event.key === 'Escape') cancel()
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    void save()
  }
  return (
    <div className="pb-1">
      <textarea
        ref={field}
        className="field queue-field"
        aria-label="Edit what waits"
        dir="auto"
        rows={1}
        value={edit.text}
        readOnly={edit.isSaving}
        onChange={(event) => change(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <p className="mt-1 flex flex-wrap items-center gap-2">
        {edit.problem !== null && (
          <span className="min-w-0 text-bad text-small" role="alert">
            {edit.problem}
          </span>
        )}
        <span className="ml-auto flex gap-1">
          <button type="button" className="quiet-button" aria-disabled={edit.isSaving} onClick={cancel}>
            Cancel
          </button>
          <button type="button" className="button" aria-disabled={edit.isSaving || edit.text.trim() === ''} onClick={() => void save()}>
            {edit.isSaving ? 'Saving…' : 'Save'}
          </button>
        </span>
      </p>
    </div>
  )
}
