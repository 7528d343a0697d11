'use client'
import type { ToolPart } from '#lib/protocol/index.ts'
import { shownName } from '../parts/tool/tool-name.tsx'
import { ApprovalActions } from './approval-actions.tsx'
import { ApprovalArguments } from './approval-arguments.tsx'
import { ApprovalForm } from './approval-form.tsx'
import { DecisionNote } from './decision-note.tsx'
import { type Decide, useDecision } from './use-decision.ts'

export type { Decide }

export interface ApprovalCardProps {
  part: Extract<ToolPart, { status: 'awaiting-approval' }>
  onDecide: Decide
}

/** What a person decides about: exactly what would run, or what a running tool asks for; and the answer to it. */
export function ApprovalCard({ part, onDecide }: ApprovalCardProps) {
  const { decision, decide } = useDecision(part.approvalId, part.expiresAt, onDecide)
  const name = shownName(part.toolName)
  const canDecide = decision.status === 'open' || decision.status === 'sending' || decision.status === 'failed'
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and disable otherwise
    <div className="approval" role="group" aria-label={part.form ? `${name} asks you` : `${name} waits for your approval`}>
      {part.form ? (
        <ApprovalForm
          approvalId={part.approvalId}
          form={part.form}
          isOpen={canDecide}
          isSending={decision.status === 'sending'}
          onDecide={decide}
        />
      ) : (
        <>
          <ApprovalArguments args={part.args} />
          {canDecide && <ApprovalActions approvalId={part.approvalId} isSending={decision.status === 'sending'} onDecide={decide} />}
        </>
      )}
      <DecisionNote decision={decision} />
    </div>
  )
}
