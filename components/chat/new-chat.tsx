'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { api, chosenIn, moveDraft, NO_SETTINGS, useSessionList } from '#lib/client/index.ts'
// Only this page needs them: the index would bring them to all.
import { startSession } from '#lib/client/start-session.ts'
import { whenOnline } from '#lib/client/when-online.ts'
import { toAppError } from '#lib/protocol/index.ts'
import { ModelPicker } from '../models/model-picker.tsx'
import { useNewSessionModel } from '../models/use-new-session-model.ts'
import { Header } from '../shell/header.tsx'
import { Welcome } from '../welcome/welcome.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { Said, WAITS } from './user-words.tsx'

interface NewChatProps {
  model: string
  isDemo: boolean
  /** The visitor comes back from a sign-in to a server of tools that did not work. */
  hasSignInFailed: boolean
}

/** The page before a session: the first message makes one. */
export function NewChat({ model, isDemo, hasSignInFailed }: NewChatProps) {
  const router = useRouter()
  const list = useSessionList()
  const [sending, setSending] = useState<string | null>(null)
  const [isWaiting, setIsWaiting] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [settings, choose] = useNewSessionModel()
  const started = useRef<string | null>(null)
  const composer = useRef<ComposerHandle>(null)
  // What is typed while the session's own page is on its way belongs there.
  useEffect(() => () => void (started.current && moveDraft(started.current)), [])

  const send = async (text: string) => {
    setSending(text)
    setProblem(null)
    try {
      started.current = await whenOnline(() => startSession(text, api, chosenIn(settings)), setIsWaiting)
      router.push(`/chat/${started.current}`)
      void list.refresh()
    } catch (error) {
      setSending(null)
      const { message, field } = toAppError(error)
      setProblem(message)
      // What was chosen once is not configured any more: that shall not be in the way twice.
      if (field === 'model') choose(NO_SETTINGS)
      throw error
    }
  }
  const start = (text: string) => void send(text).catch(() => composer.current?.putBack(text))
  return (
    <>
      <Header title="New session">
        <ModelPicker settings={settings} standard={model} onChoose={choose} />
      </Header>
      <div className="scroller">
        <div className="column min-h-full">
          {sending === null ? (
            <Welcome isDemo={isDemo} onStart={start} />
          ) : (
            <div className="flex flex-col items-end gap-1.5">
              <Said text={sending} status="sending" />
              {isWaiting && (
                <p className="text-list text-soft" role="alert">
                  {WAITS}
                </p>
              )}
            </div>
          )}
        </div>
      </div>
      <Composer ref={composer} sessionId={null} isBusy={false} isLocked={sending !== null} onSend={send} onStop={() => {}}>
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
