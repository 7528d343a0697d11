'use client'
import { useRef, useState } from 'react'
import type { SavedPrompts } from '#lib/client/use-prompts.ts'
import type { Prompt } from '#lib/protocol/index.ts'
import { Icon } from '../ui/icon.tsx'
import { Panel } from '../ui/panel.tsx'
import { type PromptDraft, PromptForm } from './prompt-form.tsx'

export interface PromptDialogProps {
  saved: SavedPrompts
  /** To be saved as a new one; empty to look at those that there are. */
  text: string
  onClose: () => void
}

/** The saved prompts, to be changed, deleted and added to. */
export function PromptDialog({ saved, text, onClose }: PromptDialogProps) {
  const { prompts, problem, save, remove } = saved
  const panel = useRef<{ close(): void }>(null)
  const [edited, setEdited] = useState<PromptDraft | null>(text === '' && prompts?.length ? null : { id: null, name: '', text })
  const [deleted, setDeleted] = useState<Prompt | null>(null)
  const hasBehind = (prompts?.length ?? 0) > 0
  return (
    <Panel
      ref={panel}
      title={edited ? (edited.id === null ? 'New prompt' : 'Edit prompt') : 'Saved prompts'}
      isKept={edited !== null}
      onClose={onClose}
      onEscape={() => {
        if (!edited || !hasBehind) return false
        setEdited(null)
        return true
      }}
    >
      {problem !== null && (
        <p className="text-bad text-small" role="alert">
          {problem}
        </p>
      )}
      {edited ? (
        <PromptForm
          draft={edited}
          onCancel={() => (hasBehind ? setEdited(null) : panel.current?.close())}
          onSave={async ({ id, ...prompt }) => {
            if (await save(prompt, id)) setEdited(null)
          }}
        />
      ) : (
        <>
          <ul aria-label="Saved prompts">
            {prompts?.map((prompt) => (
              <li key={prompt.id} className="flex items-center gap-1 border-hair border-b py-1.5">
                <span className="min-w-0 flex-1">
                  <span className="block truncate font-medium">{prompt.name}</span>
                  <span className="block truncate text-small text-soft">{prompt.text}</span>
                </span>
                <button type="button" className="icon-button" aria-label={`Edit ${prompt.name}`} onClick={() => setEdited(prompt)}>
                  <Icon name="edit" />
                </button>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={`Delete ${prompt.name}`}
                  onClick={async () => {
                    if (await remove(prompt.id)) setDeleted(prompt)
                  }}
                >
                  <Icon name="trash" />
                </button>
              </li>
            ))}
          </ul>
          {prompts?.length === 0 && (
            <p className="text-small text-soft">You have no saved prompts. Type / in the field to use those you save.</p>
          )}
          <p className="flex items-center gap-2 pb-1.5">
            {deleted && (
              <span className="flex min-w-0 items-center gap-1 text-small text-soft" role="status">
                <span className="truncate">Deleted “{deleted.name}”.</span>
                <button
                  type="button"
                  className="quiet-button font-medium"
                  onClick={async () => {
                    if (await save({ name: deleted.name, text: deleted.text }, null)) setDeleted(null)
                  }}
                >
                  Undo
                </button>
              </span>
            )}
            <button type="button" className="button ml-auto" onClick={() => setEdited({ id: null, name: '', text: '' })}>
              New prompt
            </button>
          </p>
        </>
      )}
    </Panel>
  )
}
