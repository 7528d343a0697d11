'use client'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { ApprovalRequest, Remember } from '#lib/protocol/index.ts'
import { isComposing } from '../ui/is-composing.ts'
import { useReturnedFocus } from '../ui/use-returned-focus.ts'
import { DenyField } from './deny-field.tsx'
import { RememberSelect } from './remember-select.tsx'

export interface ApprovalActionsProps {
  isSending: boolean
  onDecide: (request: ApprovalRequest) => void
}

/** Yes, or no with a reason for those who have one; and for how long it holds. */
export function ApprovalActions({ isSending, onDecide }: ApprovalActionsProps) {
  const [remember, setRemember] = useState<Remember>('call')
  const [isDenying, setIsDenying] = useState(false)
  const [reason, setReason] = useState('')
  const denyButton = useRef<HTMLButtonElement>(null)
  useReturnedFocus(denyButton, isDenying)
  const deny = () => onDecide({ approved: false, remember, ...(reason.trim() !== '' && { reason: reason.trim() }) })
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && isDenying && !isComposing(event)) setIsDenying(false)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the field that was opened in it
    <div className="approval-actions" onKeyDown={onKeyDown}>
      {isDenying ? (
        <DenyField reason={reason} isSending={isSending} onChange={setReason} onDeny={deny} onBack={() => setIsDenying(false)} />
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
          <button ref={denyButton} type="button" className="button" aria-disabled={isSending} onClick={() => setIsDenying(true)}>
            Deny…
          </button>
        </>
      )}
      <RememberSelect value={remember} onChange={setRemember} />
    </div>
  )
}
