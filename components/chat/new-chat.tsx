'use client'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
// Only this page needs them: the index would bring them to all.
import { type FirstMessage, firstMessages } from '#lib/client/first-messages.ts'
import { type ModelSettings, moveDraft, NO_SETTINGS, useSessionList } from '#lib/client/index.ts'
import { AppError, toAppError } from '#lib/protocol/index.ts'
import { ModelPicker } from '../models/model-picker.tsx'
import { useNewSessionModel } from '../models/use-new-session-model.ts'
import { Header } from '../shell/header.tsx'
import { Welcome } from '../welcome/welcome.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { WaitingFirst } from './waiting-first.tsx'

interface NewChatProps {
  model: string
  isDemo: boolean
  /** The visitor comes back from a sign-in to a server of tools that did not work. */
  hasSignInFailed: boolean
}

const NONE: readonly FirstMessage[] = []

/** The page before a session: the first message makes one. */
export function NewChat({ model, isDemo, hasSignInFailed }: NewChatProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [settings, choose] = useNewSessionModel()
  const composer = useRef<ComposerHandle>(null)
  const { messages, isSending, begin } = useFirstMessages()

  const send = async (text: string) => {
    setProblem(null)
    try {
      await begin(text, settings)
    } catch (error) {
      const { message, field } = toAppError(error)
      setProblem(message)
      // What was chosen once is not configured any more: that shall not be in the way twice.
      if (field === 'model') choose(NO_SETTINGS)
      throw error
    }
  }
  const start = (text: string) => void send(text).catch(() => composer.current?.putBack(text))
  const chooseFor = (change: Partial<ModelSettings>) => {
    choose(change)
    firstMessages.choose({ ...settings, ...change })
  }
  return (
    <>
      <Header title="New session">
        <ModelPicker settings={settings} standard={model} onChoose={chooseFor} />
      </Header>
      <div className="scroller">
        <div className="column min-h-full">
          <WaitingFirst messages={messages} onBack={(text) => composer.current?.putBack(text)} />
          {!isSending && <Welcome isDemo={isDemo} onStart={start} />}
        </div>
      </div>
      <Composer ref={composer} sessionId={null} isBusy={false} isLocked={isSending} onSend={send} onStop={() => {}}>
        {hasSignInFailed && !problem && (
          <p className="strip" role="alert">
            <span className="text-bad">The sign-in to a server of tools did not work. You can begin it again under Tools.</span>
          </p>
        )}
        {problem && (
          <p className="strip" role="alert">
            <span className="text-bad">{problem} Your message is kept.</span>
          </p>
        )}
      </Composer>
    </>
  )
}

/** The first messages that have no session yet; the page of the one that is sent from here is gone to, unless the reader has left by then. */
function useFirstMessages() {
  const router = useRouter()
  const { refresh } = useSessionList()
  const messages = useSyncExternalStore(firstMessages.subscribe, firstMessages.get, () => NONE)
  const isHere = useRef(false)
  const started = useRef<string | null>(null)
  const follow = useCallback(
    async (making: Promise<string | null>) => {
      const sessionId = await making
      void refresh()
      if (sessionId === null || !isHere.current) return
      started.current = sessionId
      router.push(`/chat/${sessionId}`)
    },
    [router, refresh],
  )
  useEffect(() => {
    isHere.current = true
    const close = firstMessages.open()
    const own = firstMessages.own()
    // A refusal is shown.
    if (own !== null) follow(firstMessages.bring(own)).catch(() => {})
    return () => {
      isHere.current = false
      close()
      // What is typed while the session's own page is on its way belongs there.
      if (started.current !== null) moveDraft(started.current)
    }
  }, [follow])

  /** Rejects when the message is refused: it is the caller's again, unless the reader has left. Then it is shown at the next visit. */
  const begin = async (text: string, settings: ModelSettings) => {
    if (firstMessages.isSending()) throw new AppError('conflict', 'Another message is on its way.')
    const made = firstMessages.begin(text, settings)
    const sessionId = firstMessages.own()
    try {
      await follow(made)
    } catch (error) {
      if (!isHere.current) return
      if (sessionId !== null) firstMessages.discard(sessionId)
      throw error
    }
  }
  return { messages, isSending: messages.some(({ isOwn }) => isOwn), begin }
}
