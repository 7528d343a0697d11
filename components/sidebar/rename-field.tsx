'use client'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { MAX_TITLE_LENGTH } from '#lib/protocol/index.ts'
import { isComposing } from '../ui/is-composing.ts'

/** Takes a new title. Enter and leaving the field keep it, Escape does not: then null. */
export function RenameField({ title, onDone }: { title: string; onDone: (title: string | null) => void }) {
  const [text, setText] = useState(title)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    if (event.key === 'Enter') onDone(text.trim())
    if (event.key === 'Escape') {
      // Only the field closes, not the drawer around it.
      event.nativeEvent.stopImmediatePropagation()
      onDone(null)
    }
  }
  return (
    <input
      ref={field}
      className="w-full rounded-control bg-transparent px-1 text-ink"
      aria-label="Title"
      dir="auto"
      maxLength={MAX_TITLE_LENGTH}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text.trim())}
      onKeyDown={onKeyDown}
    />
  )
}
