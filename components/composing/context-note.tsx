import type { SessionState } from '#lib/protocol/index.ts'

/** From this share of what the model can hold on, it is said. */
const NEAR = 0.7

/** How much of what the model can hold the conversation takes, once that is near its end. */
export function ContextNote({ state: { messages, session } }: { state: SessionState }) {
  const answer = messages.findLast((message) => message.role === 'assistant')
  if (!answer?.contextTokens || !answer.contextLimit) return null
  // Another model holds more or less: it says so with its first answer.
  if (session.model !== null && session.model !== `${answer.provider}/${answer.model}`) return null
  const share = answer.contextTokens / answer.contextLimit
  if (share < NEAR) return null
  return (
    <p className="strip" role="note">
      {Math.min(100, Math.floor(share * 100))} % of what the model can hold; older turns will be summarised.
    </p>
  )
}
