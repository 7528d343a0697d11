'use client'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { readApprovalDraft, writeApprovalDraft } from '#lib/client/index.ts'
import type { ApprovalRequest, Remember } from '#lib/protocol/index.ts'
import { isComposing } from '../ui/is-composing.ts'
import { useReturnedFocus } from '../ui/use-returned-focus.ts'
import { DenyField } from './deny-field.tsx'
import { RememberSelect } from './remember-select.tsx'

export interface ApprovalActionsProps {
  /** Whose reason is kept until it is decided. */
  approvalId: string
  isSending: boolean
  onDecide: (request: ApprovalRequest) => void
}

/** Yes, or no with a reason for those who have one; and for how long it holds. */
export function ApprovalActions({ approvalId, isSending, onDecide }: ApprovalActionsProps) {
  const [remember, setRemember] = useState<Remember>('call')
  const [isDenying, setIsDenying] = useState(false)
  const [isRestored, setIsRestored] = useState(false)
  const [reason, setReason] = useState('')
  const denyButton = useRef<HTMLButtonElement>(null)
  useReturnedFocus(denyButton, isDenying)
  useEffect(() => {
    const kept = readApprovalDraft(approvalId)?.reason
    if (kept === undefined) return
    setReason(kept)
    setIsRestored(true)
    setIsDenying(true)
  }, [approvalId])
  const change = (text: string) => {
    setReason(text)
    writeApprovalDraft(approvalId, text === '' ? null : { reason: text })
  }
  const open = () => {
    setIsRestored(false)
    setIsDenying(true)
  }
  const deny = () => onDecide({ approved: false, remember, ...(reason.trim() !== '' && { reason: reason.trim() }) })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && isDenying && !isComposing(event)) setIsDenying(false)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the field that was opened in it
    <div className="approval-actions" onKeyDown={onKeyDown}>
      {isDenying ? (
        <DenyField
          reason={reason}
          isSending={isSending}
          takesFocus={!isRestored}
          onChange={change}
          onDeny={deny}
          onBack={() => setIsDenying(false)}
        />
      ) : (
        <>
          <button
            type="button"
            className="button"
            data-kind="first"
            aria-disabled={isSending}
            onClick={() => onDecide({ approved: true, remember })}
          >
            {isSending ? 'Sending…' : 'Approve'}
          </button>
          <button ref={denyButton} type="button" className="button" aria-disabled={isSending} onClick={open}>
            Deny…
          </button>
        </>
      )}
      <RememberSelect value={remember} onChange={setRemember} />
    </div>
  )
}
