import { Fragment, memo } from 'react'
import { type AssistantMessage, type Part, textOf } from '#lib/protocol/index.ts'
import { PartView } from '../parts/part-view.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { type AnswerActions, EndNote } from './end-note.tsx'
import { lineOf } from './line-state.ts'

/** An answer that is settled: its parts on the line, how it ended, and what can be done with it. */
export const SettledAnswer = memo(function SettledAnswer({ answer, actions }: { answer: AssistantMessage; actions: AnswerActions | null }) {
  const text = textOf(answer.parts)
  return (
    <article className="answer" data-line={lineOf(answer)} aria-label="Answer">
      <i className="line" aria-hidden="true" />
      <AnswerParts parts={answer.parts} joints={answer.joints} />
      <EndNote answer={answer} actions={actions} />
      <footer className="mt-2.5 flex items-center gap-3.5 text-faint text-small">
        {text !== '' && <CopyButton text={text} label="Copy answer" />}
        <span className="ml-auto">{answer.model}</span>
        {answer.usage && answer.usage.totalTokens > 0 && (
          <span title={`${answer.usage.inputTokens} in, ${answer.usage.outputTokens} out`}>
            {answer.usage.totalTokens.toLocaleString('en')} tokens
          </span>
        )}
      </footer>
    </article>
  )
})

/** The parts in order, with a joint wherever the answer was taken up again. */
export function AnswerParts({ parts, joints }: { parts: readonly Part[]; joints: readonly number[] }) {
  return (
    <>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts do not move
        <Fragment key={index}>
          {joints.includes(index) && <Joint />}
          <PartView part={part} />
        </Fragment>
      ))}
      {joints.includes(parts.length) && <Joint />}
    </>
  )
}

function Joint() {
  return (
    <p className="joint-note">
      <i className="joint" aria-hidden="true" />
      Resumed after the server restarted
    </p>
  )
}
