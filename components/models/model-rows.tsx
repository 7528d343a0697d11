'use client'
import { type HTMLAttributes, type RefObject, useEffect, useRef } from 'react'
import { Icon } from '../ui/icon.tsx'
import type { ModelSection } from './rows.ts'

export interface ModelRowsProps {
  /** Before each row's own id. */
  id: string
  listId: string
  sections: readonly ModelSection[]
  chosen: string | null
  /** The row that the keyboard is at. */
  at: number
  onChoose: (model: string | null) => void
  onPoint: (model: string | null) => void
  /** Where there is no field, the list itself has the focus. */
  focus?: HTMLAttributes<HTMLDivElement> & { ref: RefObject<HTMLDivElement | null> }
}

/** The models, provider by provider; the one that is chosen is marked. */
export function ModelRows({ id, listId, sections, chosen, at, onChoose, onPoint, focus }: ModelRowsProps) {
  const active = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is brought into view whenever it is another
  useEffect(() => void active.current?.scrollIntoView({ block: 'nearest' }), [at, sections.length])
  let index = -1
  const isEmpty = sections.length === 0
  return (
    <>
      <div id={listId} className="model-rows" role="listbox" aria-label="Models" {...focus}>
        {sections.map(({ title = '', rows, hidden }) => (
          // biome-ignore lint/a11y/useSemanticElements: within a listbox, only this is allowed
          <div key={title} role="group" aria-label={title || 'Without a choice'}>
            {title && (
              <div className="model-heading" aria-hidden="true">
                {title}
              </div>
            )}
            {rows.map(({ value, text }) => {
              index += 1
              const isActive = index === at
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the list, or the field above it, has the focus and the keys
                // biome-ignore lint/a11y/useFocusableInteractive: as above
                <div
                  key={value}
                  id={`${id}-${index}`}
                  ref={isActive ? active : undefined}
                  role="option"
                  aria-selected={value === chosen}
                  className="model-row"
                  data-active={isActive}
                  title={value ?? undefined}
                  onClick={() => onChoose(value)}
                  onPointerMove={() => onPoint(value)}
                >
                  <span className="min-w-0 truncate">{text}</span>
                  {value === chosen && <Icon name="check" />}
                </div>
              )
            })}
            {hidden > 0 && (
              <div className="model-note" aria-hidden="true">
                {hidden.toLocaleString('en')} more. Write a part of the name to find them.
              </div>
            )}
          </div>
        ))}
      </div>
      {isEmpty && <p className="model-note">No model is called that.</p>}
    </>
  )
}
