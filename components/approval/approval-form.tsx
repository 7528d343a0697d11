'use client'
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import { readApprovalDraft, writeApprovalDraft } from '#lib/client/index.ts'
import type { ApprovalRequest, ApprovalForm as Form } from '#lib/protocol/index.ts'
import { Words } from '../ui/words.tsx'
import { contentOf, controlName, problemsOf } from './form-content.ts'
import { FormField } from './form-field.tsx'
import { fieldsOf } from './form-fields.ts'
import { filledOf, fillIn } from './kept-form.ts'

export interface ApprovalFormProps {
  /** What is filled in is kept until it is decided. */
  approvalId: string
  form: Form
  /** False when nothing can be sent any more. */
  isOpen: boolean
  isSending: boolean
  onDecide: (request: ApprovalRequest) => void
}

/** What a running tool asks for. The controls keep what was filled in; the browser checks it where it can. */
export function ApprovalForm({ approvalId, form, isOpen, isSending, onDecide }: ApprovalFormProps) {
  const fields = useMemo(() => fieldsOf(form.schema), [form.schema])
  const [problems, setProblems] = useState<ReadonlyMap<string, string>>(new Map())
  const element = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const filled = readApprovalDraft(approvalId)?.filled
    if (element.current && filled) fillIn(element.current, filled)
  }, [approvalId])
  const keep = (event: FormEvent<HTMLFormElement>) => {
    if (isOpen) writeApprovalDraft(approvalId, { filled: filledOf(event.currentTarget) })
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const filled = new FormData(event.currentTarget)
    const found = problemsOf(fields, filled)
    setProblems(found)
    if (found.size === 0) onDecide({ approved: true, content: contentOf(fields, filled) })
  }
  return (
    <form ref={element} onSubmit={submit} onChange={keep}>
      <p className="approval-message">
        <Words text={form.message} />
      </p>
      <div className="approval-fields">
        {fields.map((field, index) => (
          <FormField key={field.name} field={field} name={controlName(index)} problem={problems.get(field.name)} />
        ))}
      </div>
      {isOpen && (
        <div className="approval-actions">
          <button type="submit" className="button" data-kind="first" aria-disabled={isSending}>
            {isSending ? 'Sending…' : 'Submit'}
          </button>
          <button type="button" className="button" aria-disabled={isSending} onClick={() => onDecide({ approved: false })}>
            Decline
          </button>
        </div>
      )}
    </form>
  )
}
