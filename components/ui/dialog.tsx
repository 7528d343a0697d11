'use client'
import { type ReactNode, type Ref, type SyntheticEvent, useEffect, useImperativeHandle, useRef } from 'react'

export interface DialogProps {
  ref?: Ref<{ close(): void }>
  className: string
  /** The element that names it, or its name. */
  labelledBy?: string
  label?: string
  /** It is closed, and the browser has given the focus back. */
  onClose: () => void
  /** Escape leads out of something in it first: then true, and it stays. */
  onEscape?: (() => boolean) | undefined
  /** A press beside it does not close it: there is something unsaved. */
  isKept?: boolean
  children: ReactNode
}

/** What must be answered, or left, before the page goes on. Escape and a press beside it close it. */
export function Dialog({ ref, className, labelledBy, label, onClose, onEscape, isKept = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => dialog.current?.close()
  useImperativeHandle(ref, () => ({ close }))
  /** A press beside what stands in it is one on the dialog itself. */
  const onClick = (event: SyntheticEvent) => {
    if (event.target === dialog.current && !isKept) close()
  }
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      aria-labelledby={labelledBy}
      aria-label={label}
      onClose={onClose}
      onClick={onClick}
      onKeyDown={(event) => {
        // Only the dialog closes, not the drawer under it.
        if (event.key === 'Escape') event.nativeEvent.stopImmediatePropagation()
      }}
      onCancel={(event) => {
        if (onEscape?.()) event.preventDefault()
      }}
    >
      {children}
    </dialog>
  )
}
