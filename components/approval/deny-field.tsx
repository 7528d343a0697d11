'use client'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { isComposing } from '../ui/is-composing.ts'

export interface DenyFieldProps {
  reason: string
  isSending: boolean
  /** Whoever pressed Deny goes on here; who has just opened the page does not. */
  takesFocus: boolean
  onChange: (reason: string) => void
  onDeny: () => void
  onBack: () => void
}

/** As the server takes it. */
const LONGEST_REASON = 2_000

/** Asks why not, and takes no reason too. Enter denies. */
export function DenyField({ reason, isSending, takesFocus, onChange, onDeny, onBack }: DenyFieldProps) {
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (takesFocus) field.current?.focus()
  }, [takesFocus])
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !isComposing(event)) onDeny()
  }
  return (
    <>
      <input
        ref={field}
        className="field min-w-0 flex-[1_1_12rem]"
        aria-label="Why not, for the model (optional)"
        dir="auto"
        placeholder="Why not? The model is told."
        maxLength={LONGEST_REASON}
        value={reason}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button type="button" className="button" data-kind="first" aria-disabled={isSending} onClick={onDeny}>
        {isSending ? 'Sending…' : 'Deny'}
      </button>
      <button type="button" className="quiet-button" onClick={onBack}>
        Back
      </button>
    </>
  )
}
