'use client'
import { useRef, useState } from 'react'
import { type ModelSettings, NO_SETTINGS } from '#lib/client/index.ts'
import { toAppError } from '#lib/protocol/index.ts'
import { ModelPicker } from '../models/model-picker.tsx'
import { useNewSessionModel } from '../models/use-new-session-model.ts'
import { Header } from '../shell/header.tsx'
import { Welcome } from '../welcome/welcome.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { useFirstMessages } from './use-first-messages.ts'
import { WaitingFirst } from './waiting-first.tsx'

interface NewChatProps {
  model: string
  isDemo: boolean
  /** The visitor comes back from a sign-in to a server of tools that did not work. */
  hasSignInFailed: boolean
}

/** The page before a session: the first message makes one. */
export function NewChat({ model, isDemo, hasSignInFailed }: NewChatProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [settings, choose] = useNewSessionModel()
  const composer = useRef<ComposerHandle>(null)
  const { messages, isSending, begin, chooseForOwn } = useFirstMessages()

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
    chooseForOwn({ ...settings, ...change })
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
