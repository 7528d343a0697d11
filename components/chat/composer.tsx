'use client'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { readDraft, writeDraft } from '#lib/client/index.ts'
import { MAX_MESSAGE_BYTES } from '#lib/protocol/index.ts'
import { Icon } from '../ui/icon.tsx'

export interface ComposerProps {
  /** Whose draft it holds; null for a session that is not there yet. */
  sessionId: string | null
  isBusy: boolean
  /** True while nothing can be sent. */
  isLocked?: boolean
  /** Rejects when the text was not taken: it is put back then. */
  onSend: (text: string) => Promise<void>
  onStop: () => void
  children?: ReactNode
}

/** Where the user writes. Enter sends, Shift+Enter makes a line; what was typed outlives a reload and an error. */
export function Composer({ sessionId, isBusy, isLocked = false, onSend, onStop, children }: ComposerProps) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    // What was typed before the page came to life counts too.
    setText((typed) => field.current?.value || typed || readDraft(sessionId))
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [sessionId])

  const change = (value: string) => {
    setText(value)
    writeDraft(sessionId, value)
  }
  const isTooLong = text.length > MAX_MESSAGE_BYTES / 4 && new TextEncoder().encode(text).length > MAX_MESSAGE_BYTES
  const canSend = text.trim() !== '' && !isTooLong && !isLocked
  const send = () => {
    if (!canSend) return
    change('')
    onSend(text).catch(() => setText((typed) => typed || text))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  const showsStop = isBusy && text.trim() === ''

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
          className="composer-field"
          aria-label="Message"
          placeholder={isBusy ? 'Write while it works…' : 'Ask anything'}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div className="mt-2 flex items-center gap-2 text-faint text-small">
          <span className="max-[760px]:hidden">{isBusy ? 'Enter queues' : 'Enter sends · Shift+Enter for a new line'}</span>
          {isTooLong && (
            <span className="text-bad" role="alert">
              A message may be at most 256 kB. Shorten it to send it.
            </span>
          )}
          {showsStop ? (
            <button type="button" className="composer-button" aria-label="Stop" onClick={onStop}>
              <i className="block size-[11px] rounded-[2.5px] bg-current" />
            </button>
          ) : (
            <button type="submit" className="composer-button" aria-label="Send" disabled={!canSend}>
              <Icon name="send" />
            </button>
          )}
        </div>
      </div>
      <p className="composer-hint">Rill keeps every word it shows. Answers can be wrong: check what matters.</p>
    </form>
  )
}
