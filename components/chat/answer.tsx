'use client'
import { memo, useRef, useState } from 'react'
import type { ActiveRun, AssistantMessage, Part } from '#lib/protocol/index.ts'
import { lateAnswers } from '../answers/late-answers.ts'
import type { Decide } from '../approval/use-decision.ts'
import { AnchorScope } from '../markdown/anchor-scope.ts'
import { PartBoundary } from '../parts/part-boundary.tsx'
import { PartView } from '../parts/part-view.tsx'
import { Late } from '../ui/late.tsx'
import { AnswerFooter } from './answer-footer.tsx'
import { type AnswerActions, EndNote } from './end-note.tsx'
import { lineOf, liveLineOf } from './line-state.ts'
import { PhaseNote, RetryNote } from './run-notes.tsx'
import { useReconnectJoints } from './use-reconnect-joints.ts'

export interface AnswerProps {
  /** Null while no worker has taken the run. */
  answer: AssistantMessage | null
  /** The run that writes it, while it does. */
  run: ActiveRun | null
  /** False while the connection is lost: then nobody knows what the run does. */
  isLive: boolean
  /** What can be done about how it ended; null for all but the last. */
  actions: AnswerActions | null
  onDecide: Decide
}

/** An answer on its line, from its first word to its end: one component, so that nothing is drawn anew when it is complete. */
export const Answer = memo(function Answer({ answer, run, isLive, actions, onDecide }: AnswerProps) {
  const line = run ? liveLineOf(run, isLive) : answer ? lineOf(answer) : 'waiting'
  const article = useRef<HTMLElement>(null)
  const [isRaw, setIsRaw] = useState(false)
  const reconnects = useReconnectJoints(article, isLive || !run)
  return (
    <article
      ref={article}
      className="answer"
      data-line={line}
      aria-label={run ? 'Answer being written' : 'Answer'}
      aria-busy={run !== null}
    >
      <AnswerParts id={answer?.id ?? ''} parts={answer?.parts ?? []} joints={answer?.joints ?? []} isRaw={isRaw} onDecide={onDecide} />
      {reconnects.length > 0 && <p className="joint-note">Reconnected while it was written; nothing was lost</p>}
      {run && (run.retry ? <RetryNote retry={run.retry} /> : <PhaseNote phase={run.phase} isAsking={line === 'asking'} />)}
      {!run && answer && <EndNote answer={answer} actions={actions} />}
      {!run && answer && <AnswerFooter answer={answer} isRaw={isRaw} onRaw={setIsRaw} />}
      <i className="line" aria-hidden="true" />
      {reconnects.map((top) => (
        <i key={top} className="joint" style={{ top }} title="Reconnected here; nothing was lost" aria-hidden="true" />
      ))}
    </article>
  )
})

interface AnswerPartsProps {
  id: string
  parts: readonly Part[]
  joints: readonly number[]
  isRaw: boolean
  onDecide: Decide
}

/** The parts in order, with a joint wherever the answer was taken up again. */
function AnswerParts({ id, parts, joints, isRaw, onDecide }: AnswerPartsProps) {
  return (
    <>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts do not move
        <AnchorScope key={index} value={`${id}-${index}`}>
          {joints.includes(index) && <Joint />}
          <PartBoundary part={part}>
            {isRaw && part.type === 'text' ? (
              <Late part={lateAnswers} props={{ is: 'raw', text: part.text }} />
            ) : (
              <PartView part={part} onDecide={onDecide} />
            )}
          </PartBoundary>
        </AnchorScope>
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
