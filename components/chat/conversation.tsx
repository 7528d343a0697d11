'use client'
import { useMemo } from 'react'
import { type SessionStore, type SessionView, shownMessages } from '#lib/client/index.ts'
import { type Message, textOf } from '#lib/protocol/index.ts'
import { Answer } from './answer.tsx'
import type { AnswerActions } from './end-note.tsx'
import { OlderMessages } from './older-messages.tsx'
import { UserWords } from './user-words.tsx'

export interface ConversationProps {
  view: SessionView
  store: SessionStore
  /** What can be done about how the last answer ended; null when nothing can. */
  actions: AnswerActions | null
  /** False while the connection has been lost for long enough to say so. */
  isLive: boolean
}

/**
 * All that was said, the answer that is being written, and what is on its way: one list with one key for each, so that what
 * becomes settled stays the element that it was. The elements of what is settled are made anew only when a message comes.
 */
export function Conversation({ view, store, actions, isLive }: ConversationProps) {
  const { activeRun, hasOlder } = view.state
  const messages = shownMessages(view)
  const words = { onResend: store.resend, onDiscard: store.discard }
  const element = (message: Message, offered: AnswerActions | null) =>
    message.role === 'user' ? (
      <UserWords key={message.id} id={message.id} text={textOf(message.parts)} delivery={null} {...words} />
    ) : (
      <Answer key={message.id} answer={message} run={null} isLive={true} actions={offered} onDecide={store.decide} />
    )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest does not change while the session is open
  const before = useMemo(() => messages.slice(0, -1).map((message) => element(message, null)), [messages])
  const last = messages.at(-1)
  return [
    hasOlder && <OlderMessages key="older" isLoading={view.isLoadingOlder} onLoad={store.loadOlder} />,
    ...before,
    last && element(last, activeRun ? null : actions),
    activeRun && (
      <Answer
        key={activeRun.answer?.id ?? activeRun.id}
        answer={activeRun.answer}
        run={activeRun}
        isLive={isLive}
        actions={null}
        onDecide={store.decide}
      />
    ),
    ...view.outgoing.map((one) => <UserWords key={one.id} id={one.id} text={one.text} delivery={one} {...words} />),
  ]
}
