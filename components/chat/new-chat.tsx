'use client'
import { useRouter } from 'next/navigation'
import { useEffect, useRef, useState } from 'react'
import { api, chosenIn, moveDraft, NO_SETTINGS, startSession, useSessionList } from '#lib/client/index.ts'
import { toAppError } from '#lib/protocol/index.ts'
import { ModelPicker } from '../models/model-picker.tsx'
import { useNewSessionModel } from '../models/use-new-session-model.ts'
import { Header } from '../shell/header.tsx'
import { Words } from '../ui/words.tsx'
import { Composer } from './composer.tsx'

/** The page before a session: the first message makes one. */
export function NewChat({ model, isDemo }: { model: string; isDemo: boolean }) {
  const router = useRouter()
  const list = useSessionList()
  const [sending, setSending] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [settings, choose] = useNewSessionModel()
  const started = useRef<string | null>(null)
  // What is typed while the session's own page is on its way belongs there.
  useEffect(() => () => void (started.current && moveDraft(started.current)), [])

  const send = async (text: string) => {
    setSending(text)
    setProblem(null)
    try {
      started.current = await startSession(text, api, chosenIn(settings))
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
  return (
    <>
      <Header title="New session">
        <ModelPicker settings={settings} standard={model} onChoose={choose} />
      </Header>
      <div className="scroller">
        <div className="column min-h-full">
          {sending === null ? (
            <Greeting isDemo={isDemo} />
          ) : (
            <article className="user-words" aria-label="You" data-status="sending">
              <Words text={sending} />
            </article>
          )}
        </div>
      </div>
      <Composer sessionId={null} isBusy={false} isLocked={sending !== null} onSend={send} onStop={() => {}}>
        {problem && (
          <p className="strip" role="alert">
            <span className="text-bad">{problem} Your message is kept.</span>
          </p>
        )}
      </Composer>
    </>
  )
}

function Greeting({ isDemo }: { isDemo: boolean }) {
  return (
    <div className="m-auto max-w-[30rem] py-12 text-center">
      <h2 className="font-semibold text-2xl tracking-tight">What can I help with?</h2>
      <p className="mt-3 text-list text-soft">Answers appear as they are written, and nothing that you have seen is lost.</p>
      {isDemo && (
        <p className="mt-6 text-list text-soft">
          This is the demo model: it needs no key and follows a few rules. For a real one, set <code className="code">OPENAI_API_KEY</code>,{' '}
          <code className="code">ANTHROPIC_API_KEY</code>, <code className="code">GOOGLE_GENERATIVE_AI_API_KEY</code> or{' '}
          <code className="code">OPENAI_BASE_URL</code> and start again.
        </p>
      )}
    </div>
  )
}
