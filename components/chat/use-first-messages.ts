'use client'
import { useRouter } from 'next/navigation'
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
// Only this page needs them: the index would bring them to all.
import { type FirstMessage, firstMessages } from '#lib/client/first-messages.ts'
import { type ModelSettings, moveDraft, useSessionList } from '#lib/client/index.ts'
import { AppError } from '#lib/protocol/index.ts'

const NONE: readonly FirstMessage[] = []

/** The first messages that have no session yet; the page of the one that is sent from here is gone to, unless the reader has left by then. */
export function useFirstMessages() {
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
  return { messages, isSending: messages.some(({ isOwn }) => isOwn), begin, chooseForOwn: firstMessages.choose }
}
