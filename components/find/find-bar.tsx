'use client'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import type { SessionStore, SessionView } from '#lib/client/index.ts'
import { MAX_FIND_LENGTH } from '#lib/protocol/index.ts'
import type { Reading } from '../reading/use-reading.ts'
import { Icon } from '../ui/icon.tsx'
import { isComposing } from '../ui/is-composing.ts'
import { useHits } from './use-hits.ts'
import { useMarks } from './use-marks.ts'

export interface FindProps {
  view: SessionView
  store: SessionStore
  reading: Reading
}

/** Finds text in the whole conversation, drawn or not: how often, and the way from one place to the next. */
export function FindBar({ view, store, reading, asked, onClose }: FindProps & { asked: number; onClose: () => void }) {
  const [text, setText] = useState('')
  const field = useRef<HTMLInputElement>(null)
  const { hits, hasMore, isAsking, problem, askAgain } = useHits(view, text)
  const { at, go, isGoing } = useMarks({ text, hits, store, reading })
  const returnTo = useRef<Element | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: each time that it is asked for
  useEffect(() => {
    if (document.activeElement !== field.current) returnTo.current = document.activeElement
    field.current?.focus()
    field.current?.select()
  }, [asked])
  const close = () => {
    onClose()
    if (returnTo.current instanceof HTMLElement && returnTo.current.isConnected) returnTo.current.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return
    if (event.key === 'Escape') close()
    else if (event.key === 'Enter' && event.target === field.current) {
      askAgain()
      go(event.shiftKey ? -1 : 1)
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <search className="find" aria-label="Find in this conversation" onKeyDown={onKeyDown}>
      <input
        ref={field}
        className="find-field"
        aria-label="Find"
        dir="auto"
        placeholder="Find in this conversation"
        maxLength={MAX_FIND_LENGTH}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <p className="find-count" role="status">
        {countOf({ text, at, count: hits.length, hasMore, problem, isBusy: isAsking || isGoing })}
      </p>
      <button type="button" className="icon-button" aria-label="Previous" disabled={hits.length === 0} onClick={() => go(-1)}>
        <span className="rotate-180">
          <Icon name="down" />
        </span>
      </button>
      <button type="button" className="icon-button" aria-label="Next" disabled={hits.length === 0} onClick={() => go(1)}>
        <Icon name="down" />
      </button>
      <button type="button" className="icon-button" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
      {problem !== null && (
        <p className="find-problem" role="alert">
          {problem} Enter asks again.
        </p>
      )}
    </search>
  )
}

interface Count {
  text: string
  at: number
  count: number
  hasMore: boolean
  /** Why not all of them are known. */
  problem: string | null
  isBusy: boolean
}

function countOf({ text, at, count, hasMore, problem, isBusy }: Count): string {
  if (text.trim() === '') return ''
  const mayBeMore = hasMore || problem !== null
  if (count === 0) return isBusy ? 'Looking…' : mayBeMore ? '' : 'Nothing found'
  const all = `${count.toLocaleString('en')}${mayBeMore ? '+' : ''}`
  return `${at < 0 ? '' : `${(at + 1).toLocaleString('en')} of `}${all} ${count === 1 && !mayBeMore ? 'message' : 'messages'}`
}
