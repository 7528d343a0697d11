'use client'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { holdTitle, nameOf, type SessionStore, type SessionView, useSession, useSessionList } from '#lib/client/index.ts'
import { type QueueMode, type Snapshot, textOf } from '#lib/protocol/index.ts'
import { lateAnswers } from '../answers/late-answers.ts'
import { QuoteEntry } from '../answers/quote-entry.tsx'
import { lateCard } from '../approval/late-card.ts'
import { BranchesProvider } from '../branches/branches.tsx'
import { useChatCommands } from '../commands/use-chat-commands.ts'
import { Find } from '../find/find.tsx'
import { SessionModel } from '../models/session-model.tsx'
import { lateQueue, QueueEntry } from '../queue/queue-entry.tsx'
import { ToEnd } from '../reading/to-end.tsx'
import { useKeptPlace } from '../reading/use-kept-place.ts'
import { useNews } from '../reading/use-news.ts'
import { useReading } from '../reading/use-reading.ts'
import { Header } from '../shell/header.tsx'
import { TodoStrip } from '../todo/todo-strip.tsx'
import { Late, latePart, useFromStart } from '../ui/late.tsx'
import { Announcer, type Said } from './announcer.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { ConnectionNote, useIsLate } from './connection-note.tsx'
import { Conversation } from './conversation.tsx'
import { useFocusAfter } from './use-focus-after.ts'
import { windowTitle } from './window-title.ts'

const lateHeldBack = latePart(async () => (await import('./held-back-note.tsx')).HeldBackNote)

/** One session: read, write, stop. */
export function Chat({ initial, model }: { initial: Snapshot; model: string }) {
  useFromStart(lateCard, isAsking(initial))
  useFromStart(lateQueue, initial.queue.length > 0)
  const [view, store] = useSession(initial)
  const { state } = view
  const isBusy = state.activeRun !== null
  const isGone = state.deleted || view.isGone
  const isLost = useIsLate(view.connection === 'lost')
  const isHeldBack = useIsLate(view.connection === 'polling')
  const reading = useReading(view)
  const { scroller, column, isAtEnd, toEnd } = reading
  const news = useNews(state, isAtEnd)
  useKeptPlace(state.session.id, store, reading)
  const composer = useRef<ComposerHandle>(null)
  const putBack = useCallback((text: string) => composer.current?.putBack(text), [])
  const add = useCallback((text: string) => composer.current?.add(text), [])
  useTitleAndList(state, isBusy)
  const [said, say, show] = useSaid()
  useChatCommands(state, store, show)
  useFocusAfter(state)

  const send = useMemo(() => sendFrom(store, toEnd), [store, toEnd])
  const actions = useMemo(() => ({ onRetry: () => void store.retry(), onContinue: () => void send('Continue') }), [store, send])
  return (
    <>
      <Header title={titleOf(state)}>
        <SessionModel session={state.session} standard={model} onChoose={store.choose} />
      </Header>
      <Find view={view} store={store} reading={reading} />
      <div ref={scroller} className="scroller">
        <div ref={column} className="column" role="log" aria-label="Conversation" aria-live="off">
          <BranchesProvider state={state} store={store} isLocked={isGone} onQuote={add} onSay={say}>
            <Conversation view={view} reading={reading} store={store} actions={isGone ? null : actions} isLive={!isLost} />
          </BranchesProvider>
          {!isGone && <QuoteEntry onQuote={add} />}
          {isGone && <p className="text-list text-soft">This session was deleted.</p>}
        </div>
      </div>
      <div className="relative">
        {!isAtEnd && <ToEnd news={news} onPress={toEnd} />}
        <Composer
          ref={composer}
          sessionId={state.session.id}
          store={store}
          isBusy={isBusy}
          isLocked={isGone}
          onSend={send}
          onStop={store.stop}
        >
          <ConnectionNote isLost={isLost && !isGone} isBusy={isBusy} problem={view.problem} onDismiss={store.dismissProblem} />
          {isHeldBack && !isGone && <Late part={lateHeldBack} props={{}} />}
          {view.deleted && !isGone && (
            <Late part={lateAnswers} props={{ is: 'deleted', messageIds: view.deleted, store, onEnd: () => add('') }} />
          )}
          <TodoStrip messages={state.messages} activeRun={state.activeRun} />
          <QueueEntry
            sessionId={state.session.id}
            queue={state.queue}
            changes={view.queueChanges}
            editor={store.queue}
            onPutBack={putBack}
          />
        </Composer>
      </div>
      <Announcer state={state} said={said} />
    </>
  )
}

function isAsking({ activeRun }: Snapshot): boolean {
  return activeRun?.answer?.parts.some((part) => part.type === 'tool' && part.status === 'awaiting-approval') ?? false
}

/** What was just done, for those who do not see it, or for everybody. */
function useSaid(): [Said | null, say: (text: string) => void, show: (text: string) => void] {
  const [said, setSaid] = useState<Said | null>(null)
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), 4_000)
    return () => clearTimeout(timer)
  }, [said])
  const say = useCallback((text: string) => setSaid({ text }), [])
  const show = useCallback((text: string) => setSaid({ text, isShown: true }), [])
  return [said, say, show]
}

/** The sender's own words are always shown, wherever the reader was. */
function sendFrom(store: SessionStore, toEnd: () => void): (text: string, mode?: QueueMode) => Promise<void> {
  return async (text, mode) => {
    const sent = store.send(text, mode)
    requestAnimationFrame(toEnd)
    await sent
  }
}

/** Keeps the window's title and the list of sessions true while this session changes. */
function useTitleAndList(state: SessionView['state'], isBusy: boolean): void {
  const { refresh } = useSessionList()
  const { session, deleted } = state
  const title = windowTitle(state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is asked again whenever one of these changes
  useEffect(() => void refresh(), [title, session.updatedAt, isBusy, deleted, refresh])
  // With the commit: the title of the page that comes next is written after this one is let go.
  useLayoutEffect(() => holdTitle(title), [title])
}

/** As in the list of sessions. */
function titleOf({ session: { title }, messages }: SessionView['state']): string {
  const first = messages.find((message) => message.role === 'user')
  return nameOf({ title, opening: first ? textOf(first.parts).slice(0, 80) : null })
}
