'use client'
import { type RefObject, useEffect, useId, useRef, useState } from 'react'
import { step } from '../menu/step.ts'
import { isComposing } from '../ui/is-composing.ts'

export interface PromptRow {
  id: string
  name: string
  /** How it begins. */
  hint?: string
  choose: () => void
}

export interface PromptListProps {
  field: RefObject<HTMLTextAreaElement | null>
  rows: readonly PromptRow[]
  problem: string | null
  isAsking: boolean
  onClose: () => void
}

/** A listbox over the field. The focus stays in the field, whose keys choose here while this is open. */
export function PromptList({ field, rows, problem, isAsking, onClose }: PromptListProps) {
  const [activeId, setActiveId] = useState<string | null>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const at = Math.max(
    0,
    rows.findIndex((row) => row.id === activeId),
  )
  const keys = (event: KeyboardEvent) => {
    if (isComposing({ nativeEvent: event }) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const { key } = event
    const next = step(key, { at, names: rows.map(({ name }) => name), isField: true })
    if (next !== undefined) setActiveId(rows[next]?.id ?? null)
    else if (key === 'Escape') onClose()
    else if ((key === 'Enter' || key === 'Tab') && rows[at]) rows[at].choose()
    else return
    // Neither is the message sent nor an earlier one recalled.
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const current = useRef({ keys, onClose })
  useEffect(() => {
    current.current = { keys, onClose }
  })
  useEffect(() => {
    const element = field.current
    if (!element) return
    const onKeyDown = (event: KeyboardEvent) => current.current.keys(event)
    const onPointerDown = ({ target }: PointerEvent) => {
      if (target instanceof Node && !list.current?.contains(target) && target !== element) current.current.onClose()
    }
    element.addEventListener('keydown', onKeyDown, true)
    document.addEventListener('pointerdown', onPointerDown)
    element.setAttribute('aria-autocomplete', 'list')
    element.setAttribute('aria-controls', id)
    element.focus()
    return () => {
      element.removeEventListener('keydown', onKeyDown, true)
      document.removeEventListener('pointerdown', onPointerDown)
      for (const name of ['aria-autocomplete', 'aria-controls', 'aria-activedescendant']) element.removeAttribute(name)
    }
  }, [field, id])
  useEffect(() => {
    field.current?.setAttribute('aria-activedescendant', `${id}-${at}`)
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [field, id, at])
  return (
    <div ref={list} className="prompt-list">
      {problem !== null && (
        <p className="px-2.5 py-1 text-bad text-small" role="alert">
          {problem}
        </p>
      )}
      <p className="sr-only" role="status">
        {isAsking ? 'Asking for your prompts' : `${rows.length} to choose from, with the arrow keys`}
      </p>
      <div id={id} role="listbox" aria-label="Saved prompts">
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={row.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="prompt-row"
            onPointerMove={() => setActiveId(row.id)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={row.choose}
          >
            <span className="max-w-[70%] flex-none truncate font-medium">{row.name}</span>
            {row.hint !== undefined && <span className="min-w-0 truncate text-small text-soft">{row.hint}</span>}
          </div>
        ))}
      </div>
    </div>
  )
}
