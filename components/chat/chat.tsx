'use client'
import { useEffect } from 'react'
import { useSession, useSessionList } from '#lib/client/index.ts'
import type { Snapshot } from '#lib/protocol/index.ts'
import { textOf } from '#lib/protocol/index.ts'
import { Header } from '../shell/header.tsx'
import { Icon } from '../ui/icon.tsx'
import { Announcer } from './announcer.tsx'
import { Composer } from './composer.tsx'
import { ConnectionNote } from './connection-note.tsx'
import { Conversation } from './conversation.tsx'
import { useStickyScroll } from './use-sticky-scroll.ts'

/** One session: read, write, stop. */
export function Chat({ initial, model }: { initial: Snapshot; model: string }) {
  const [view, store] = useSession(initial)
  const { scroller, content, isAtEnd, toEnd } = useStickyScroll()
  const { state } = view
  const list = useSessionList()
  const isBusy = state.activeRun !== null
  const { title, updatedAt } = state.session

  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is asked again whenever one of these changes
  useEffect(() => void list.refresh(), [title, updatedAt, isBusy, state.deleted])

  const send = async (text: string) => {
    requestAnimationFrame(toEnd)
    await store.send(text)
  }
  const actions = { onRetry: () => void store.retry(), onContinue: () => void send('Continue') }
  return (
    <>
      <Header title={title ?? titleWhileNew(state)} model={model} />
      <div ref={scroller} className="scroller">
        <div ref={content} className="column" role="log" aria-label="Conversation" aria-live="off">
          <Conversation view={view} store={store} actions={actions} />
          {state.deleted && <p className="text-list text-soft">This session was deleted.</p>}
        </div>
      </div>
      <div className="relative">
        {!isAtEnd && (
          <button type="button" className="to-end" aria-label="Jump to the latest" onClick={toEnd}>
            <Icon name="down" />
          </button>
        )}
        <Composer sessionId={state.session.id} isBusy={isBusy} isLocked={state.deleted} onSend={send} onStop={() => void store.stop()}>
          <ConnectionNote connection={view.connection} problem={view.problem} />
          {state.queue.map((message) => (
            <p key={message.id} className="queue-strip">
              <span className="truncate">Next: {textOf(message.parts)}</span>
            </p>
          ))}
        </Composer>
      </div>
      <Announcer state={state} />
    </>
  )
}

function titleWhileNew(state: Snapshot): string {
  const first = state.messages.find((message) => message.role === 'user')
  return first ? textOf(first.parts).slice(0, 80) : 'New session'
}
