'use client'
import type { RefObject } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { replaceText } from './field.ts'
import { PastedBlocks } from './pasted-blocks.tsx'
import { useRecall } from './use-recall.ts'

export interface AidsProps {
  field: RefObject<HTMLTextAreaElement | null>
  /** Absent for a session that is not there yet. */
  store: SessionStore | undefined
  blocks: string
  onBlocks: (blocks: string) => void
  /** The arrow up was pressed, before this was there. */
  isAsked: boolean
}

/** What helps while one writes, from when it is first needed: earlier words again, and blocks of pasted text. */
export function Aids({ field, store, blocks, onBlocks, isAsked }: AidsProps) {
  useRecall({ field, store, isAsked })
  const edit = (text: string) => {
    const element = field.current
    if (!element) return
    const end = element.value.length
    element.focus()
    replaceText(element, end, end, end === 0 ? text : `\n\n${text}`)
  }
  return <PastedBlocks blocks={blocks} onChange={onBlocks} onEdit={edit} />
}
