import { NewChat } from '#components/chat/new-chat.tsx'
import { loadModel } from '#lib/http/page.ts'

export default async function NewSessionPage() {
  const { provider, model } = await loadModel()
  return <NewChat model={model} isDemo={provider === 'demo'} />
}
