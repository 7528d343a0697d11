'use client'
import { memo, use, useId, useState, useSyncExternalStore } from 'react'
import { AnchorScope } from './anchor-scope.ts'
import { BlockView } from './block-view.tsx'
import type { Block } from './lex.ts'
import { StreamLexer } from './stream-lexer.ts'

/** Markdown from a model: drawn from tokens, never as HTML. While it grows, only the blocks that changed are drawn again. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const [lexer] = useState(() => new StreamLexer())
  const isHidden = useSyncExternalStore(onVisibility, () => document.hidden, isNeverHidden)
  // A page that nobody sees catches up when it is seen; what opens hidden is drawn once.
  if (!isHidden || lexer.sections.length === 0) lexer.update(text)
  const ownScope = useId()
  const scope = use(AnchorScope) ?? ownScope
  return (
    <AnchorScope value={scope}>
      <div className="prose">
        {lexer.sections.map((blocks) => (
          <Section key={blocks[0]?.start} blocks={blocks} />
        ))}
      </div>
    </AnchorScope>
  )
})

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener)
  return () => document.removeEventListener('visibilitychange', listener)
}

const isNeverHidden = () => false

const Section = memo(function Section({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className="prose-section">
      {blocks.map((block) => (
        <MemoBlock key={block.start} block={block} />
      ))}
    </div>
  )
})

const MemoBlock = memo(function MemoBlock({ block }: { block: Block }) {
  return <BlockView token={block.token} start={block.start} />
})
