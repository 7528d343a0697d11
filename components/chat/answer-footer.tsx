import { type AssistantMessage, textOf, type Usage } from '#lib/protocol/index.ts'
import { BranchSwitch } from '../branches/branch-switch.tsx'
import { RegenerateButton } from '../branches/regenerate-button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'

/** Under a settled answer: copy it, who wrote it, what it took. */
export function AnswerFooter({ answer }: { answer: AssistantMessage }) {
  const text = textOf(answer.parts)
  const { usage } = answer
  return (
    <footer className="mt-2.5 flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1 text-faint text-small">
      {text !== '' && (
        <span className="-ml-1.5 flex-none">
          <CopyButton text={text} label="Copy answer" />
        </span>
      )}
      <RegenerateButton answerId={answer.id} />
      <BranchSwitch messageId={answer.id} />
      <span className="ml-auto min-w-0 truncate pr-1.5">{answer.model}</span>
      {usage && usage.totalTokens > 0 && (
        <span className="whitespace-nowrap" title={usageOf(usage)}>
          {count(usage.totalTokens)} tokens{answer.cost !== undefined && ` · ${dollars(answer.cost)}`}
        </span>
      )}
    </footer>
  )
}

function usageOf({ inputTokens, outputTokens, cachedInputTokens, reasoningTokens }: Usage): string {
  const cached = cachedInputTokens ? ` (${count(cachedInputTokens)} from a cache)` : ''
  const reasoning = reasoningTokens ? ` (${count(reasoningTokens)} for reasoning)` : ''
  return `${count(inputTokens)} in${cached}, ${count(outputTokens)} out${reasoning}`
}

/** Two digits that say something, however little it was. */
function dollars(cost: number): string {
  if (cost > 0 && cost < 0.000_1) return 'less than $0.0001'
  return `$${cost < 0.1 ? Number(cost.toPrecision(2)) : cost.toFixed(2)}`
}

/** In one notation for server and browser, whatever their languages. */
function count(tokens: number): string {
  return tokens.toLocaleString('en')
}
