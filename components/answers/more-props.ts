import type { RefObject } from 'react'
import type { AssistantMessage } from '#lib/protocol/index.ts'

export interface MoreProps {
  answer: AssistantMessage
  /** Its markdown is shown as it was written. */
  isRaw: boolean
  onRaw: (isRaw: boolean) => void
}

export interface AnswerToolsProps extends MoreProps {
  button: RefObject<HTMLButtonElement | null>
  isOpen: boolean
  onClose: () => void
}

/** What a menu leads to within the same dialog. */
export type View = 'menu' | 'price' | 'model'
