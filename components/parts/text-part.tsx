import { memo } from 'react'
import type { TextPart } from '#lib/protocol/index.ts'
import { Markdown } from '../markdown/markdown.tsx'

export const TextPartView = memo(function TextPartView({ part }: { part: TextPart }) {
  return <Markdown text={part.text} />
})
