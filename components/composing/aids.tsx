'use client'
import type { RefObject } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { replaceText } from './field.ts'
import { PastedBlocks } from './pasted-blocks.tsx'
import { Prompts } from './prompts.tsx'
import { useRecall } from './use-recall.ts'

export interface AidsProps {
  field: RefObject<HTMLTextAreaElement | null>
  /** Absent for a session that is not there yet. */
  store: SessionStore | undefined
  text: string
  blocks: string
  onBlocks: (blocks: string) => void
  /** What it was needed for: the arrow up, the button of the prompts, or something that speaks for itself. */
  asked: Asked | null
  onAsked: (asked: Asked) => void
}

export type Asked = 'earlier' | 'prompts' | 'nothing'

/** What helps while one writes, from when it is first needed: earlier words again, saved prompts, and blocks of pasted text. */
export function Aids({ field, store, text, blocks, onBlocks, asked, onAsked }: AidsProps) {
  useRecall({ field, store, isAsked: asked === 'earlier' })
  const edit = (text: string) => {
    const element = field.current
    if (!element) return
    const end = element.value.length
    element.focus()
    replaceText(element, end, end, end === 0 ? text : `\n\n${text}`)
  }
  return (
    <>
      <Prompts field={field} text={text} isAsked={asked === 'prompts'} onAnswered={() => onAsked('nothing')} />
      <PastedBlocks blocks={blocks} onChange={onBlocks} onEdit={edit} />
    </>
  )
}
