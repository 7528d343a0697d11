'use client'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { readDraft, writeDraft } from '#lib/client/index.ts'
import { MAX_MESSAGE_BYTES } from '#lib/protocol/index.ts'
import { ComposerButtons } from './composer-buttons.tsx'
import { useGrowingField } from './use-growing-field.ts'

export interface ComposerProps {
  /** Whose draft it holds; null for a session that is not there yet. */
  sessionId: string | null
  isBusy: boolean
  /** True while nothing can be sent. */
  isLocked?: boolean
  /** Rejects when the text was not taken: it is put back then. */
  onSend: (text: string) => Promise<void>
  onStop: () => void
  /** What stands on top of it. */
  children?: ReactNode
}

/** In characters: what is longer fills the field, however it is laid out. */
const LONG = 20_000

/** Where the user writes. Enter sends, Shift+Enter makes a line; what was typed outlives a reload and an error. */
export function Composer({ sessionId, isBusy, isLocked = false, onSend, onStop, children }: ComposerProps) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useGrowingField(field, text.length > LONG ? null : text)
  useEffect(() => {
    // What was typed before the page came to life counts too.
    setText(field.current?.value || readDraft(sessionId))
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [sessionId])

  const change = (value: string) => {
    setText(value)
    writeDraft(sessionId, value)
  }
  const isTooLong = isOverLimit(text)
  const canSend = text.trim() !== '' && !isTooLong && !isLocked
  const send = () => {
    if (!canSend) return
    change('')
    onSend(text).catch(() => change(joined(text, field.current?.value ?? '')))
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    send()
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {children}
      <div className="composer-box">
        <textarea
          ref={field}
          className="composer-field unkerned"
          data-long={text.length > LONG}
          aria-label="Message"
          placeholder={isBusy ? 'Write while it works…' : 'Ask anything'}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          enterKeyHint="send"
        />
        <div className="mt-2 flex min-h-[34px] items-center gap-2 text-faint text-small">
          {isTooLong ? (
            <span className="text-bad" role="alert">
              A message may be at most 256 kB. Shorten it to send it.
            </span>
          ) : (
            <span className="max-[760px]:hidden">{isBusy ? 'Enter queues' : 'Enter sends · Shift+Enter for a new line'}</span>
          )}
          <ComposerButtons isBusy={isBusy} hasText={text.trim() !== ''} canSend={canSend} onStop={onStop} />
        </div>
      </div>
      <p className="composer-hint">Rill keeps every word it shows. Answers can be wrong: check what matters.</p>
    </form>
  )
}

/** Counts only when it may matter: a character is at most three bytes. */
function isOverLimit(text: string): boolean {
  return text.length > MAX_MESSAGE_BYTES / 3 && new TextEncoder().encode(text).length > MAX_MESSAGE_BYTES
}

/** Safari ends a composition before the key that ended it; that key has the code 229. */
function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229
}

/** What was not taken, before what was typed meanwhile. */
function joined(refused: string, typed: string): string {
  return typed === '' ? refused : `${refused}\n\n${typed}`
}
