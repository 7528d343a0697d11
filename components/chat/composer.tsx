'use client'
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import { blocksOf, readDraft, type SessionStore, writeDraft } from '#lib/client/index.ts'
import { MAX_MESSAGE_BYTES, type QueueMode } from '#lib/protocol/index.ts'
import { useCommand } from '../commands/commands.ts'
import type { Asked } from '../composing/aids.tsx'
import { blockOf, isLarge, joinedWith } from '../composing/pasted.ts'
import { isComposing } from '../ui/is-composing.ts'
import { Late, latePart } from '../ui/late.tsx'
import { ComposerButtons } from './composer-buttons.tsx'
import { ComposerHint } from './composer-hint.tsx'
import { useGrowingField } from './use-growing-field.ts'

export interface ComposerHandle {
  /** Gives words back to the one who wrote them, before what is typed. */
  putBack(text: string): void
  /** Puts words behind what is typed, to go on from there. */
  add(text: string): void
}

export interface ComposerProps {
  ref?: Ref<ComposerHandle>
  /** Whose draft it holds; null for a session that is not there yet. */
  sessionId: string | null
  /** Knows what was said before. */
  store?: SessionStore
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

/** What was typed before the page came to life, beside a draft that was kept. */
interface Early {
  kept: string
  typed: string
}

const lateAids = latePart(async () => (await import('../composing/aids.tsx')).Aids)

/**
 * Where the user writes. Enter sends, or queues while it is busy; then Ctrl or Cmd with Enter steers. Shift+Enter makes a line. What
 * was typed outlives a reload and an error. Long text that is pasted stands beside it as a block.
 */
export function Composer({ ref, sessionId, store, isBusy, isLocked = false, onSend, onStop, children }: ComposerProps) {
  const [text, setText] = useState('')
  /** Pasted text that stands beside, as it is sent. */
  const [blocks, setBlocks] = useState('')
  const [asked, setAsked] = useState<Asked | null>(null)
  const field = useRef<HTMLTextAreaElement>(null)
  useGrowingField(field, text.length > LONG ? null : text)
  const early = useRef<Early | null>(null)
  useEffect(() => {
    const kept = readDraft(sessionId)
    // What was typed before the page came to life counts too; a browser may have put the draft there before.
    const typed = field.current?.value ?? ''
    const all = typed.includes(kept) ? typed : joined(kept, typed)
    setText(all)
    if (typed !== '') writeDraft(sessionId, all)
    early.current = all === typed ? null : { kept, typed }
    setBlocks(readDraft(blocksOf(sessionId)))
    if (window.matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [sessionId])

  useCommand(
    'write',
    useCallback(() => field.current?.focus(), []),
  )

  const change = (value: string) => {
    setText(value)
    writeDraft(sessionId, value)
    early.current = null
    if (value === '/' && !asked) setAsked('nothing')
  }
  const changeBlocks = (value: string) => {
    setBlocks(value)
    writeDraft(blocksOf(sessionId), value)
  }
  const words = joinedWith(blocks, text)
  const bytes = bytesOf(words)
  const hasText = words.trim() !== ''
  const canSend = hasText && bytes <= MAX_MESSAGE_BYTES && !isLocked
  // A page that was left has no field any more.
  const putBack = (refused: string) => change(joined(refused, field.current?.value ?? readDraft(sessionId)))
  const sendEarly = ({ kept, typed }: Early, mode: QueueMode) => {
    if (typed.trim() === '' || isLocked) return
    change(kept)
    onSend(typed, isBusy ? mode : undefined).catch(() => putBack(typed))
  }
  const send = (mode: QueueMode) => {
    if (!canSend) return
    change('')
    changeBlocks('')
    onSend(words, isBusy ? mode : undefined).catch(() => {
      putBack(text)
      changeBlocks(blocks + readDraft(blocksOf(sessionId)))
    })
    field.current?.focus()
  }
  useImperativeHandle(ref, () => ({
    putBack(given) {
      putBack(given)
      field.current?.focus()
    },
    add(given) {
      change(joined(field.current?.value.trimEnd() ?? '', given))
      field.current?.focus()
    },
  }))
  const onPaste = (event: ClipboardEvent) => {
    const pasted = event.clipboardData.getData('text/plain')
    if (!isLarge(pasted)) return
    event.preventDefault()
    changeBlocks(blocks + blockOf(pasted))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp' && text === '' && !asked) setAsked('earlier')
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    const mode = event.ctrlKey || event.metaKey ? 'steer' : 'follow-up'
    // Pressed before the draft was there, and again by `EarlyInput`: it was not meant to go along.
    if (early.current && !event.nativeEvent.isTrusted) sendEarly(early.current, mode)
    else send(mode)
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
        {(asked || blocks !== '') && (
          <Late part={lateAids} props={{ field, store, text, blocks, onBlocks: changeBlocks, asked, onAsked: setAsked }} />
        )}
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
          onPaste={onPaste}
          enterKeyHint="send"
        />
        <div className="mt-2 flex min-h-[34px] items-center gap-2 text-faint text-small">
          <button type="button" className="icon-button -ml-1.5" aria-label="Saved prompts" onClick={() => setAsked('prompts')}>
            /
          </button>
          <ComposerHint bytes={bytes} state={store?.get().state} isBusy={isBusy} />
          <ComposerButtons isBusy={isBusy} hasText={hasText} canSend={canSend} onStop={onStop} />
        </div>
      </div>
      <p className="composer-hint">Rill keeps every word it shows. Answers can be wrong: check what matters.</p>
    </form>
  )
}

/** Of UTF-8. Counted only when it may matter: a character is at most three bytes. */
function bytesOf(text: string): number {
  return text.length > MAX_MESSAGE_BYTES / 4 ? new TextEncoder().encode(text).length : 0
}

/** One under the other, where there are both. */
function joined(first: string, second: string): string {
  return first && second ? `${first}\n\n${second}` : first + second
}
