'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { nameOf, useIsOutdated, useSessionList } from '#lib/client/index.ts'
import { perform } from '../commands/commands.ts'
import { Icon } from '../ui/icon.tsx'

/** How long the offer to undo a deletion stands, from when nobody is at it. */
const UNDO_MS = 20_000

/** What was deleted can be brought back for a while; what went wrong is said, and that the server is of another version now. */
export function Toast() {
  const { deleted, problem, undo, forget, dismiss } = useSessionList()
  if (problem) {
    return (
      <Note role="alert" onClose={dismiss}>
        <span className="min-w-0 text-bad">{problem}</span>
      </Note>
    )
  }
  if (!deleted) return <UpdateToast />
  const bringBack = async () => {
    await undo()
    document.querySelector<HTMLElement>(`.session-link[href="/chat/${deleted.id}"]`)?.focus()
  }
  return (
    <Note key={deleted.id} onClose={forget} forMs={UNDO_MS}>
      <span className="min-w-0 truncate">Deleted “{nameOf(deleted)}”</span>
      <button type="button" className="quiet-button ml-auto font-medium" onClick={() => void bringBack()}>
        Undo
      </button>
    </Note>
  )
}

/** The page goes on as it is: what both versions know stays. What is typed outlives the reload. */
function UpdateToast() {
  const isOutdated = useIsOutdated()
  const [isClosed, setIsClosed] = useState(false)
  if (!isOutdated || isClosed) return null
  return (
    <Note onClose={() => setIsClosed(true)}>
      <span className="min-w-0">Rill was updated.</span>
      <button type="button" className="quiet-button ml-auto font-medium" onClick={() => location.reload()}>
        Reload
      </button>
    </Note>
  )
}

interface NoteProps {
  role?: 'status' | 'alert'
  onClose: () => void
  /** It closes by itself after so many ms, of which none go by while the pointer or the focus is on it. */
  forMs?: number
  children: ReactNode
}

function Note({ role = 'status', onClose, forMs, children }: NoteProps) {
  const [isHeld, setIsHeld] = useState(false)
  const element = useRef<HTMLParagraphElement>(null)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  }, [onClose])
  useEffect(() => {
    if (forMs === undefined || isHeld) return
    const timer = setTimeout(() => close.current(), forMs)
    return () => clearTimeout(timer)
  }, [forMs, isHeld])
  const leave = () => {
    onClose()
    // Under a finger, a field that takes the focus brings up the keyboard.
    if (window.matchMedia('(pointer: fine)').matches) perform('write')
  }
  const look = () => setIsHeld(element.current?.matches(':hover, :focus-within') ?? false)
  return (
    <p ref={element} className="toast" role={role} onPointerEnter={look} onPointerLeave={look} onFocus={look} onBlur={look}>
      {children}
      <button type="button" className="icon-button -my-1 first-of-type:ml-auto" aria-label="Close" onClick={leave}>
        <Icon name="close" />
      </button>
    </p>
  )
}
