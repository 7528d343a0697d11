import type { RefObject } from 'react'
import type { AssistantMessage } from '#lib/protocol/index.ts'
import type { Lex } from './plain-answer.ts'

export interface MoreProps {
  answer: AssistantMessage
  /** Its markdown is shown as it was written. */
  isRaw: boolean
  onRaw: (isRaw: boolean) => void
}

export interface AnswerToolsProps extends MoreProps {
  lex: Lex
  button: RefObject<HTMLButtonElement | null>
  isOpen: boolean
  onClose: () => void
}

/** What a menu leads to within the same dialog. */
export type View = 'menu' | 'price' | 'model'
