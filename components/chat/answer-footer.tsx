import { type AssistantMessage, textOf } from '#lib/protocol/index.ts'
import { CopyButton } from '../ui/copy-button.tsx'

/** Under a settled answer: copy it, who wrote it, what it took. */
export function AnswerFooter({ answer }: { answer: AssistantMessage }) {
  const text = textOf(answer.parts)
  const { usage } = answer
  return (
    <footer className="mt-2.5 flex min-h-6 items-center gap-3.5 text-faint text-small">
      {text !== '' && (
        <span className="-ml-1.5">
          <CopyButton text={text} label="Copy answer" />
        </span>
      )}
      <span className="ml-auto min-w-0 truncate">{answer.model}</span>
      {usage && usage.totalTokens > 0 && (
        <span className="whitespace-nowrap" title={`${count(usage.inputTokens)} in, ${count(usage.outputTokens)} out`}>
          {count(usage.totalTokens)} tokens
        </span>
      )}
    </footer>
  )
}

/** In one notation for server and browser, whatever their languages. */
function count(tokens: number): string {
  return tokens.toLocaleString('en')
}
