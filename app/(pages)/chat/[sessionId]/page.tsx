import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { Chat } from '#components/chat/chat.tsx'
import { windowTitle } from '#components/chat/window-title.ts'
import { StartAtEnd } from '#components/reading/start-at-end.tsx'
import { EarlyInput } from '#components/shell/early-input.tsx'
import { loadModel, loadSnapshot } from '#lib/http/page.ts'

interface Props {
  params: Promise<{ sessionId: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const snapshot = await loadSnapshot((await params).sessionId)
  return snapshot ? { title: { absolute: windowTitle(snapshot) } } : { title: 'Not here' }
}

export default async function SessionPage({ params }: Props) {
  const { sessionId } = await params
  const snapshot = await loadSnapshot(sessionId)
  if (!snapshot) notFound()
  const { model } = await loadModel()
  return (
    <>
      <Chat key={sessionId} initial={snapshot} model={model} />
      <EarlyInput />
      <StartAtEnd />
    </>
  )
}
