'use client'
import { type RefObject, useEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { matching } from '#lib/client/prompts.ts'
import { usePrompts } from '#lib/client/use-prompts.ts'
import type { Prompt } from '#lib/protocol/index.ts'
import { replaceText } from './field.ts'
import { PromptDialog } from './prompt-dialog.tsx'
import { PromptList, type PromptRow } from './prompt-list.tsx'

export interface PromptsProps {
  field: RefObject<HTMLTextAreaElement | null>
  /** What is typed. */
  text: string
  /** They were asked for by their button. */
  isAsked: boolean
  onAnswered: () => void
}

/** What is written while prompts are looked for. */
const LOOKED_FOR = /^\/(.{0,60})$/

/** Saved prompts: a list over the field at "/", filtered by what is typed behind it, and a dialog to change them. */
export function Prompts({ field, text, isAsked, onAnswered }: PromptsProps) {
  /** What was typed when the list was closed: it stays closed for that and for what begins with it. */
  const [closedAt, setClosedAt] = useState<string | null>(null)
  /** The dialog is open; with text that is to be saved. */
  const [managed, setManaged] = useState<{ text: string } | null>(null)
  const filter = LOOKED_FOR.exec(text)?.[1]
  const isClosed = closedAt !== null && text.startsWith(closedAt)
  const isWanted = isAsked || (filter !== undefined && !isClosed)
  const saved = usePrompts(isWanted || managed !== null)
  useEffect(() => {
    if (!text.startsWith('/')) setClosedAt(null)
  }, [text])

  const found = matching(saved.prompts ?? [], isAsked ? '' : (filter ?? ''))
  const typed = filter === undefined ? text.trim() : ''
  const rows: PromptRow[] = [
    ...found.map((prompt) => ({
      id: prompt.id,
      name: prompt.name,
      hint: prompt.text.trim().split('\n', 1)[0] ?? '',
      choose: () => insert(prompt),
    })),
    ...(isAsked || filter === '' ? actions() : []),
  ]
  const isOpen = isWanted && managed === null && (rows.length > 0 || saved.problem !== null)

  function actions(): PromptRow[] {
    const manage = (given: string) => () => {
      close()
      setManaged({ text: given })
    }
    return [
      ...(typed === '' ? [] : [{ id: 'save', name: 'Save what is typed as a prompt…', choose: manage(text) }]),
      { id: 'manage', name: saved.prompts?.length ? 'Manage prompts…' : 'New prompt…', choose: manage('') },
    ]
  }

  function insert({ text: words }: Prompt): void {
    const element = field.current
    if (!element) return
    const [start, end] = isAsked ? [element.selectionStart, element.selectionEnd] : [0, element.value.length]
    close()
    element.focus()
    replaceText(element, start, end, words)
  }

  function close(): void {
    setClosedAt(text.startsWith('/') ? text : null)
    onAnswered()
  }

  return (
    <>
      {isOpen && <PromptList field={field} rows={rows} problem={saved.problem} isAsking={saved.prompts === null} onClose={close} />}
      {managed &&
        createPortal(
          <PromptDialog
            saved={saved}
            text={managed.text}
            onClose={() => {
              setManaged(null)
              field.current?.focus()
            }}
          />,
          document.body,
        )}
    </>
  )
}
