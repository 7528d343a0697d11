import { textOf } from '#lib/protocol/index.ts'
import { More } from '../answers/more.tsx'
import type { MoreProps } from '../answers/more-props.ts'
import { count, dollars } from '../answers/price-words.ts'
import { BranchSwitch } from '../branches/branch-switch.tsx'
import { RegenerateButton } from '../branches/regenerate-button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'

/** Under a settled answer: copy it, who wrote it, what it took. */
export function AnswerFooter(props: MoreProps) {
  const { answer } = props
  const text = textOf(answer.parts)
  const { usage } = answer
  return (
    <footer className="mt-2.5 flex min-h-6 flex-wrap items-center gap-x-2 gap-y-1 text-faint text-small max-sm:gap-x-0.5">
      {text !== '' && (
        <span className="-ml-1.5 flex-none">
          <CopyButton text={text} label="Copy answer" />
        </span>
      )}
      <RegenerateButton answerId={answer.id} />
      <BranchSwitch messageId={answer.id} />
      <More {...props} />
      <span className="ml-auto flex min-w-0 gap-2">
        <span className="min-w-0 truncate">{answer.model}</span>
        {usage && usage.totalTokens > 0 && (
          <span className="whitespace-nowrap">
            {count(usage.totalTokens)} tokens{answer.cost !== undefined && ` · ${dollars(answer.cost)}`}
          </span>
        )}
      </span>
    </footer>
  )
}
