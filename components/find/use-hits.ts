'use client'
import { useEffect, useMemo, useState } from 'react'
import { api, type SessionView } from '#lib/client/index.ts'
import { findableText, type Message, saidIn, toAppError } from '#lib/protocol/index.ts'

/** Typing that goes on for less than this asks the server once. */
const SETTLED_MS = 150

export interface Hits {
  /** The ids of the messages that say it, oldest first. */
  hits: readonly string[]
  /** There are more, before the first. */
  hasMore: boolean
  isAsking: boolean
  problem: string | null
}

interface Answer {
  text: string
  /** Before which message the server was asked. */
  before: string
  messageIds: string[]
  hasMore: boolean
  problem: string | null
}

/** What the page holds it looks through itself, at once; of what is not loaded, the server tells. */
export function useHits(view: SessionView, text: string): Hits {
  const { session, messages, activeRun, hasOlder } = view.state
  const wanted = findableText(text).trim()
  const [answer, setAnswer] = useState<Answer | null>(null)
  const isOpenEnded = hasOlder && wanted !== ''
  const first = messages[0]?.id
  const current = answer?.text === wanted ? answer : null
  const isKnown = !isOpenEnded || current !== null

  useEffect(() => {
    if (isKnown || first === undefined) return
    let isOver = false
    const timer = setTimeout(async () => {
      const outcome = await api.find(session.id, wanted, first).then(
        ({ messageIds, hasMore }) => ({ messageIds: messageIds.reverse(), hasMore, problem: null }),
        (error: unknown) => ({ messageIds: [], hasMore: false, problem: toAppError(error).message }),
      )
      if (!isOver) setAnswer({ text: wanted, before: first, ...outcome })
    }, SETTLED_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [isKnown, wanted, session.id, first])

  const inPage = useMemo(() => {
    if (wanted === '') return []
    const all: readonly Pick<Message, 'id' | 'parts'>[] = activeRun?.answer ? [...messages, activeRun.answer] : messages
    return all.filter((message) => findableOf(message).includes(wanted)).map(({ id }) => id)
  }, [messages, activeRun?.answer, wanted])
  const hits = useMemo(() => {
    if (!current) return inPage
    // Some of what the server told of may have been loaded since.
    const loaded = new Set(messages.map(({ id }) => id))
    return [...current.messageIds.filter((id) => !loaded.has(id)), ...inPage]
  }, [current, inPage, messages])
  return { hits, hasMore: current?.hasMore ?? false, isAsking: !isKnown, problem: current?.problem ?? null }
}

/** Messages do not change: each is made ready once. */
const known = new WeakMap<object, string>()

function findableOf(message: Pick<Message, 'parts'>): string {
  let text = known.get(message)
  if (text === undefined) {
    text = findableText(saidIn(message.parts))
    known.set(message, text)
  }
  return text
}
