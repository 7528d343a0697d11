'use client'
import type { ReactNode } from 'react'
import { type SessionStore, type SessionView, shownMessages } from '#lib/client/index.ts'
import { type Message, textOf } from '#lib/protocol/index.ts'
import { OlderMessages } from '../reading/older-messages.tsx'
import { Room } from '../reading/room.tsx'
import type { Reading } from '../reading/use-reading.ts'
import { Answer } from './answer.tsx'
import type { AnswerActions } from './end-note.tsx'
import { UserWords } from './user-words.tsx'

export interface ConversationProps {
  view: SessionView
  /** What of it is drawn. */
  reading: Reading
  store: SessionStore
  /** What can be done about how the last answer ended; null when nothing can. */
  actions: AnswerActions | null
  /** False while the connection has been lost for long enough to say so. */
  isLive: boolean
}

/**
 * What was said, as far as it is drawn, the answer that is being written, and what is on its way: one list with one key for each,
 * so that what becomes settled stays the element that it was.
 */
export function Conversation({ view, reading, store, actions, isLive }: ConversationProps) {
  const { activeRun, hasOlder } = view.state
  const messages = shownMessages(view)
  const words = { onResend: store.resend, onDiscard: store.discard }
  const settled = (message: Message, offered: AnswerActions | null) =>
    message.role === 'user' ? (
      <UserWords id={message.id} text={textOf(message.parts)} delivery={null} {...words} />
    ) : (
      <Answer answer={message} run={null} isLive={true} actions={offered} onDecide={store.decide} />
    )
  const element = (index: number): ReactNode => {
    const message = messages[index]
    if (message) return settled(message, index === messages.length - 1 && !activeRun ? actions : null)
    if (activeRun && index === messages.length)
      return <Answer answer={activeRun.answer} run={activeRun} isLive={isLive} actions={null} onDecide={store.decide} />
    const one = view.outgoing[index - messages.length - (activeRun ? 1 : 0)]
    return one && <UserWords id={one.id} text={one.text} delivery={one} {...words} />
  }
  return [
    hasOlder && <OlderMessages key="older" firstId={messages[0]?.id} isLoading={view.isLoadingOlder} onLoad={store.loadOlder} />,
    ...reading.stretches.map((stretch) =>
      stretch.type === 'room' ? (
        <Room key={stretch.id} height={stretch.height} />
      ) : (
        <div key={stretch.id} ref={reading.place.hold} data-item={stretch.id} className="item">
          {element(stretch.index)}
        </div>
      ),
    ),
  ]
}
