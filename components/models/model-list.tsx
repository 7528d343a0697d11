'use client'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import type { ModelsResponse } from '#lib/protocol/index.ts'
import { step } from '../menu/step.ts'
import { isComposing } from '../ui/is-composing.ts'
import { ModelRows } from './model-rows.tsx'
import { countModels, sectionsOf } from './rows.ts'

/** Fewer are seen at one glance. */
const MOST_WITHOUT_FILTER = 8

export interface ModelListProps {
  list: ModelsResponse
  chosen: string | null
  onChoose: (model: string | null) => void
}

/** A listbox; with many models, one with a field above it that says which are shown. The focus stays on the field. */
export function ModelList({ list, chosen, onChoose }: ModelListProps) {
  const [filter, setFilter] = useState('')
  const [active, setActive] = useState<string | null | undefined>(chosen)
  const focused = useRef<HTMLInputElement & HTMLDivElement>(null)
  const id = useId()
  const sections = sectionsOf(list, filter, chosen)
  const rows = sections.flatMap((section) => section.rows)
  const at = Math.max(
    0,
    rows.findIndex(({ value }) => value === active),
  )
  const hasFilter = countModels(list) > MOST_WITHOUT_FILTER
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field may come only with a longer list
  useEffect(() => void focused.current?.focus(), [hasFilter])

  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return
    const row = rows[at]
    if (event.key === 'Enter' || (event.key === ' ' && !hasFilter)) {
      event.preventDefault()
      if (row) onChoose(row.value)
      return
    }
    const next = step(event.key, { at, names: rows.map(({ text }) => text), isField: hasFilter })
    if (next === undefined) return
    event.preventDefault()
    setActive(rows[next]?.value)
  }
  const listId = `${id}-list`
  const keys = {
    onKeyDown,
    'aria-activedescendant': rows.length > 0 ? `${id}-${at}` : undefined,
  }
  return (
    <>
      {hasFilter && (
        <input
          ref={focused}
          className="model-filter"
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-label="Find a model"
          placeholder="Find a model"
          spellCheck={false}
          autoComplete="off"
          value={filter}
          onChange={(event) => {
            setFilter(event.target.value)
            setActive(undefined)
          }}
          {...keys}
        />
      )}
      <ModelRows
        id={id}
        listId={listId}
        sections={sections}
        chosen={chosen}
        at={at}
        onChoose={onChoose}
        onPoint={setActive}
        {...(!hasFilter && { focus: { ref: focused, tabIndex: 0, ...keys } })}
      />
    </>
  )
}
