'use client'
import { useEffect, useRef } from 'react'
import type { SessionStore, SessionView } from '#lib/client/index.ts'
import type { Message } from '#lib/protocol/index.ts'
import { SettledAnswer } from './answer.tsx'
import type { AnswerActions } from './end-note.tsx'
import { LiveAnswer } from './live-answer.tsx'
import { OutgoingWords, UserWords } from './user-words.tsx'

export interface ConversationProps {
  view: SessionView
  store: SessionStore
  actions: AnswerActions
}

/** All that was said, the answer that is being written, and what is on its way. */
export function Conversation({ view, store, actions }: ConversationProps) {
  const { state, outgoing } = view
  const last = state.messages.at(-1)
  return (
    <>
      {state.hasOlder && <OlderMessages isLoading={view.isLoadingOlder} onLoad={() => void store.loadOlder()} />}
      {state.messages.map((message) => (
        <MessageView key={message.id} message={message} actions={message === last && !state.activeRun ? actions : null} />
      ))}
      {state.activeRun && <LiveAnswer key={state.activeRun.id} run={state.activeRun} />}
      {outgoing.map((one) => (
        <OutgoingWords key={one.id} outgoing={one} actions={{ onResend: (id) => void store.resend(id), onDiscard: store.discard }} />
      ))}
    </>
  )
}

function MessageView({ message, actions }: { message: Message; actions: AnswerActions | null }) {
  return message.role === 'user' ? <UserWords message={message} /> : <SettledAnswer answer={message} actions={actions} />
}

/** Loads the page before when it comes into view, and by a press for those who do not scroll. */
function OlderMessages({ isLoading, onLoad }: { isLoading: boolean; onLoad: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  const load = useRef(onLoad)
  load.current = onLoad
  useEffect(() => {
    if (!button.current) return
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) load.current()
    })
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [])
  return (
    <button ref={button} type="button" className="quiet-button self-center" disabled={isLoading} onClick={onLoad}>
      {isLoading ? 'Loading…' : 'Show older messages'}
    </button>
  )
}
