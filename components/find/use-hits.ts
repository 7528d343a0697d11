'use client'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { api, type SessionView } from '#lib/client/index.ts'
import { type AssistantMessage, findableText, type Message, saidIn, toAppError } from '#lib/protocol/index.ts'

/** Typing that goes on for less than this asks the server once. */
const SETTLED_MS = 150
/** An answer that is being written is looked through when nothing has come for so long. */
export const RESTED_MS = 500

export interface Hits {
  /** The ids of the messages that say it, oldest first. */
  hits: readonly string[]
  /** There are more, before the first. */
  hasMore: boolean
  isAsking: boolean
  problem: string | null
  /** Asks the server once more, after a problem. */
  askAgain: () => void
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

  const live = useRested(activeRun?.answer ?? null)
  const inPage = useMemo(() => {
    if (wanted === '') return []
    const all: readonly Pick<Message, 'id' | 'parts'>[] = live ? [...messages, live] : messages
    return all.filter((message) => findableOf(message).includes(wanted)).map(({ id }) => id)
  }, [messages, live, wanted])
  const hits = useMemo(() => {
    if (!current) return inPage
    // Some of what the server told of may have been loaded since.
    const loaded = new Set(messages.map(({ id }) => id))
    return [...current.messageIds.filter((id) => !loaded.has(id)), ...inPage]
  }, [current, inPage, messages])
  const askAgain = useCallback(() => setAnswer((last) => (last?.problem == null ? last : null)), [])
  return { hits, hasMore: current?.hasMore ?? false, isAsking: !isKnown, problem: current?.problem ?? null, askAgain }
}

/** The live answer as it was when it last rested: it only grows, and to look through all of it with each frame would take longer and longer. */
function useRested(answer: AssistantMessage | null): AssistantMessage | null {
  const [rested, setRested] = useState(answer)
  useEffect(() => {
    const timer = setTimeout(() => setRested(answer), RESTED_MS)
    return () => clearTimeout(timer)
  }, [answer])
  return rested?.id === answer?.id ? rested : null
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
