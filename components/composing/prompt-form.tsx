'use client'
import { useState } from 'react'
import { MAX_PROMPT_LENGTH, MAX_PROMPT_NAME_LENGTH } from '#lib/protocol/index.ts'

/** A prompt that is being written; `id` null: it is a new one. */
export interface PromptDraft {
  id: string | null
  name: string
  text: string
}

export interface PromptFormProps {
  draft: PromptDraft
  onCancel: () => void
  onSave: (draft: PromptDraft) => Promise<void>
}

/** The name and the text of a prompt. */
export function PromptForm({ draft: first, onCancel, onSave }: PromptFormProps) {
  const [draft, setDraft] = useState(first)
  const [isSaving, setIsSaving] = useState(false)
  const isTooLong = draft.text.length > MAX_PROMPT_LENGTH
  const canSave = draft.name.trim() !== '' && draft.text.trim() !== '' && !isTooLong && !isSaving
  return (
    <form
      className="grid gap-2.5 pb-2"
      onSubmit={async (event) => {
        event.preventDefault()
        // In React's tree it stands in the composer, which would send.
        event.stopPropagation()
        if (!canSave) return
        setIsSaving(true)
        await onSave(draft)
        setIsSaving(false)
      }}
    >
      <label className="grid gap-1 text-small text-soft">
        Name
        <input
          className="field"
          // biome-ignore lint/a11y/noAutofocus: the dialog was opened to write here
          autoFocus
          autoComplete="off"
          maxLength={MAX_PROMPT_NAME_LENGTH}
          dir="auto"
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
      </label>
      <label className="grid gap-1 text-small text-soft">
        Text
        <textarea
          className="field prompt-text"
          rows={6}
          dir="auto"
          value={draft.text}
          onChange={(event) => setDraft({ ...draft, text: event.target.value })}
        />
      </label>
      {isTooLong && (
        <p className="text-bad text-small" role="alert">
          A prompt may have at most {MAX_PROMPT_LENGTH.toLocaleString('en')} characters; this one has{' '}
          {draft.text.length.toLocaleString('en')}.
        </p>
      )}
      <p className="flex justify-end gap-1.5">
        <button type="button" className="quiet-button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button" data-kind="first" aria-disabled={!canSave}>
          {isSaving ? 'Saving…' : 'Save'}
        </button>
      </p>
    </form>
  )
}
