'use client'
import { memo, useState } from 'react'
import { BlockView } from './block-view.tsx'
import type { Block } from './lex.ts'
import { StreamLexer } from './stream-lexer.ts'

/** Markdown from a model: drawn from tokens, never as HTML. While it grows, only the blocks that changed are drawn again. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const [lexer] = useState(() => new StreamLexer())
  return (
    <div className="prose">
      {lexer.update(text).map((block) => (
        <MemoBlock key={block.start} block={block} />
      ))}
    </div>
  )
})

const MemoBlock = memo(function MemoBlock({ block }: { block: Block }) {
  return <BlockView token={block.token} />
})
