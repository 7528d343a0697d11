'use client'
import { type KeyboardEvent, type ReactNode, type Ref, useCallback, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { readDraft, writeDraft } from '#lib/client/index.ts'
import { MAX_MESSAGE_BYTES, type QueueMode } from '#lib/protocol/index.ts'
import { useCommand } from '../commands/commands.ts'
import { isComposing } from '../ui/is-composing.ts'
import { ComposerButtons } from './composer-buttons.tsx'
import { ComposerHint } from './composer-hint.tsx'
import { useGrowingField } from './use-growing-field.ts'

export interface ComposerHandle {
  /** Gives words back to the one who wrote them, before what is typed. */
  putBack(text: string): void
}

export interface ComposerProps {
  ref?: Ref<ComposerHandle>
  /** Whose draft it holds; null for a session that is not there yet. */
  sessionId: string | null
  isBusy: boolean
  /** True while nothing can be sent. */
  isLocked?: boolean
  /** Rejects when the text was not taken: it is put back then. `mode`: what it is meant as, while it is busy. */
  onSend: (text: string, mode?: QueueMode) => Promise<void>
  onStop: () => void
  /** What stands on top of it. */
  children?: ReactNode
}

/** In characters: what is longer fills the field, however it is laid out. */
const LONG = 20_000

/**
 * Where the user writes. Enter sends, or queues while it is busy; then Ctrl or Cmd with Enter steers. Shift+Enter makes a line. What
 * was typed outlives a reload and an error.
 */
export function Composer({ ref, sessionId, isBusy, isLocked = false, onSend, onStop, children }: ComposerProps) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useGrowingField(field, text.length > LONG ? null : text)
  useEffect(() => {
    // What was typed before the page came to life counts too.
    setText(field.current?.value || readDraft(sessionId))
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [sessionId])

  useCommand(
    'write',
    useCallback(() => field.current?.focus(), []),
  )

  const change = (value: string) => {
    setText(value)
    writeDraft(sessionId, value)
  }
  const isTooLong = isOverLimit(text)
  const canSend = text.trim() !== '' && !isTooLong && !isLocked
  const putBack = (refused: string) => change(joined(refused, field.current?.value ?? ''))
  const send = (mode: QueueMode) => {
    if (!canSend) return
    change('')
    onSend(text, isBusy ? mode : undefined).catch(() => putBack(text))
    field.current?.focus()
  }
  useImperativeHandle(ref, () => ({
    putBack(given) {
      putBack(given)
      field.current?.focus()
    },
  }))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    send(event.ctrlKey || event.metaKey ? 'steer' : 'follow-up')
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send('follow-up')
      }}
    >
      {children}
      <div className="composer-box">
        <textarea
          ref={field}
          className="composer-field unkerned"
          data-long={text.length > LONG}
          aria-label="Message"
          dir="auto"
          placeholder={isBusy ? 'Write while it works…' : 'Ask anything'}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          enterKeyHint="send"
        />
        <div className="mt-2 flex min-h-[34px] items-center gap-2 text-faint text-small">
          <ComposerHint isTooLong={isTooLong} isBusy={isBusy} />
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

/** What was not taken, before what was typed meanwhile. */
function joined(refused: string, typed: string): string {
  return typed === '' ? refused : `${refused}\n\n${typed}`
}
