'use client'
import { memo, use, useId, useState, useSyncExternalStore } from 'react'
import { AnchorScope } from './anchor-scope.ts'
import { BlockView } from './block-view.tsx'
import { FootnoteList } from './footnotes/footnote-list.tsx'
import { FootnotesContext } from './footnotes/footnotes.ts'
import type { Block } from './lex.ts'
import { StreamLexer } from './stream-lexer.ts'

/** Markdown from a model: drawn from tokens, never as HTML. While it grows, only the blocks that changed are drawn again. */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  const [lexer] = useState(() => new StreamLexer())
  const isHidden = useSyncExternalStore(onVisibility, () => document.hidden, isNeverHidden)
  // A page that nobody sees catches up when it is seen; what opens hidden is drawn once.
  if (!isHidden || !lexer.hasRead) lexer.update(text)
  const { footnotes, sections } = lexer
  const ownScope = useId()
  const scope = use(AnchorScope) ?? ownScope
  return (
    <AnchorScope value={scope}>
      <FootnotesContext value={footnotes}>
        <div className="prose">
          {sections.map((blocks) => (
            <Section key={blocks[0]?.start} blocks={blocks} />
          ))}
          <FootnoteList notes={footnotes} />
        </div>
      </FootnotesContext>
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
  return <BlockView token={block.token} start={block.start} level={block.level} />
})
