'use client'
import { useRef, useState } from 'react'
import { lex } from '../markdown/lex.ts'
import { Late } from '../ui/late.tsx'
import { lateAnswers } from './late-answers.ts'
import type { MoreProps } from './more-props.ts'

/** The way to all else that can be done with an answer, and what came of it. */
export function More(props: MoreProps) {
  const [isOpen, setIsOpen] = useState<boolean>()
  const button = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={button}
        type="button"
        className="quiet-button"
        aria-haspopup="menu"
        aria-expanded={isOpen ?? false}
        onClick={() => setIsOpen(true)}
      >
        More
      </button>
      {(isOpen !== undefined || props.answer.rating) && (
        <Late part={lateAnswers} props={{ is: 'tools', ...props, lex, button, isOpen: isOpen ?? false, onClose: () => setIsOpen(false) }} />
      )}
    </>
  )
}
