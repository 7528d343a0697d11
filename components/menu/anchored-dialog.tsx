'use client'
import { type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { placeBeside } from './place-beside.ts'

export interface AnchoredDialogProps {
  label: string
  /** The button that opened it: it stands beside that, and gives the focus back to it. */
  anchor: RefObject<HTMLElement | null>
  /** It has closed: Escape, a press beside it, or `close`. */
  onClose: () => void
  children: (close: () => void) => ReactNode
}

/** What a button opens: beside it, on a narrow screen at the lower edge. What is around it waits until it is closed. */
export function AnchoredDialog({ label, anchor, onClose, children }: AnchoredDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => dialog.current?.showModal(), [])
  useEffect(() => {
    const element = dialog.current
    if (!element) return
    const place = () => anchor.current && placeBeside(element, anchor.current)
    const observer = new ResizeObserver(place)
    observer.observe(element)
    window.addEventListener('resize', place)
    return () => {
      observer.disconnect()
      window.removeEventListener('resize', place)
    }
  }, [anchor])
  const close = () => {
    dialog.current?.close()
    // The browser gives the focus back to what had it; not every browser gives it to a button that is pressed.
    anchor.current?.focus({ preventScroll: true })
    // Its event comes later: until then a press would find it open.
    onClose()
  }
  /** A press beside it is one on the dialog itself. */
  const onClick = (event: MouseEvent) => {
    if (event.target === dialog.current) close()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    // Only this closes, and nothing under it.
    event.preventDefault()
    event.nativeEvent.stopImmediatePropagation()
    close()
  }
  return (
    <dialog
      ref={dialog}
      className="anchored"
      aria-label={label}
      // The way back of a phone closes it too.
      onClose={(event) => event.currentTarget.isConnected && onClose()}
      onClick={onClick}
      onKeyDown={onKeyDown}
    >
      <div className="anchored-content">{children(close)}</div>
    </dialog>
  )
}
