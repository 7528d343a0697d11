'use client'
import { useId } from 'react'
import { ChoicesControl, FormControl } from './form-control.tsx'
import type { Field } from './form-fields.ts'

export interface FormFieldProps {
  field: Field
  /** What the control is called in its form. */
  name: string
  problem: string | undefined
}

/** A control with its label, and what is said about it. */
export function FormField({ field, name, problem }: FormFieldProps) {
  const id = useId()
  const note = problem ?? field.description
  const noteId = note === undefined ? undefined : `${id}-note`
  const label = (
    <>
      {field.label}
      {field.isRequired || field.kind === 'boolean' ? '' : <span className="text-faint"> (optional)</span>}
    </>
  )
  const said = note !== undefined && (
    <p id={noteId} className={problem === undefined ? 'text-small text-soft' : 'text-bad text-small'} role={problem && 'alert'}>
      {note}
    </p>
  )
  if (field.kind === 'choices') {
    return (
      <fieldset aria-describedby={noteId}>
        <legend>{label}</legend>
        <ChoicesControl field={field} name={name} />
        {said}
      </fieldset>
    )
  }
  if (field.kind === 'boolean') {
    return (
      <div>
        <label className="flex items-baseline gap-2">
          <input type="checkbox" name={name} defaultChecked={field.initial} aria-describedby={noteId} />
          <span className="min-w-0">{label}</span>
        </label>
        {said}
      </div>
    )
  }
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <FormControl field={field} name={name} id={id} describedBy={noteId} />
      {said}
    </div>
  )
}
