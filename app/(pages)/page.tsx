import { NewChat } from '#components/chat/new-chat.tsx'
import { EarlyInput } from '#components/shell/early-input.tsx'
import { loadModel } from '#lib/http/page.ts'

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function NewSessionPage({ searchParams }: Props) {
  const [{ provider, model }, query] = await Promise.all([loadModel(), searchParams])
  return (
    <>
      <NewChat model={model} isDemo={provider === 'demo'} hasSignInFailed={query['sign-in'] === 'failed'} />
      <EarlyInput />
    </>
  )
}
