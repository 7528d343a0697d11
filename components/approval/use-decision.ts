'use client'
import { useState } from 'react'
import { writeApprovalDraft } from '#lib/client/index.ts'
import { type ApprovalRequest, toAppError } from '#lib/protocol/index.ts'

/** Sends a decision. Throws an `AppError`; `conflict`: another decision was first, or it has expired. */
export type Decide = (approvalId: string, decision: ApprovalRequest) => Promise<void>

/**
 * `sent`: the log will say what came of it. `over`: somebody was faster, or it is too late. After `failed` it can be sent again;
 * what was chosen and typed is kept.
 */
export type Decision =
  | { status: 'open' | 'sending' }
  | { status: 'sent'; approved: boolean }
  | { status: 'over' | 'failed'; problem: string }

export function useDecision(approvalId: string, expiresAt: string, onDecide: Decide) {
  const [decision, setDecision] = useState<Decision>({ status: 'open' })
  const decide = async (request: ApprovalRequest) => {
    if (decision.status === 'sending' || decision.status === 'sent') return
    setDecision({ status: 'sending' })
    try {
      await onDecide(approvalId, request)
      setDecision({ status: 'sent', approved: request.approved })
      writeApprovalDraft(approvalId, null)
    } catch (error) {
      const failure = failureOf(error, expiresAt)
      setDecision(failure)
      if (failure.status === 'over') writeApprovalDraft(approvalId, null)
    }
  }
  return { decision, decide }
}

function failureOf(error: unknown, expiresAt: string): Decision {
  const { code, message } = toAppError(error)
  if (code === 'conflict') {
    const isExpired = Date.parse(expiresAt) <= Date.now()
    return { status: 'over', problem: isExpired ? 'It has expired, which counts as no.' : 'Someone decided this already.' }
  }
  if (code === 'not-found') return { status: 'over', problem: 'This does not wait any more.' }
  return { status: 'failed', problem: `${message} It still waits, and what you chose is kept: try again.` }
}
